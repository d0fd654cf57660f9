import type { KeyReused, MutationCall, Outcome, Written } from '@marquee/subgraph/mutations/outcome';
import type { MovieChange, MovieRefusal } from './change-movies.ts';
import type { OverridesRelease, ReleaseRefusal } from './release-overrides.ts';

/** Executes the mutations of clients, each in one transaction. */
export interface Mutations {
  /** Returns the movies in the order of their changes. */
  changeMovies(
    call: MutationCall,
    changes: readonly MovieChange[],
  ): Promise<Outcome<readonly Written[], MovieRefusal | KeyReused>>;
  releaseOverrides(
    call: MutationCall,
    release: OverridesRelease,
  ): Promise<Outcome<Written, ReleaseRefusal | KeyReused>>;
  /** Returns the versions of the movies, including deleted ones. One statement. */
  versionsOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
