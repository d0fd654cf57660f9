import type { MovieChange, MovieRefusal } from './change-movies.ts';
import type { OverridesRelease, ReleaseRefusal } from './release-overrides.ts';

/** A mutation that somebody asked for. */
export interface MutationRequest {
  /** Who asks. */
  readonly subject: string;
  /** The mutation's field in the schema. */
  readonly mutation: string;
  /** Calls with one key are done once. */
  readonly idempotencyKey: string | null;
  /** All other arguments, JSON. */
  readonly request: unknown;
}

/** A film that was written, at the version that it then had. */
export interface ChangedMovie {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
}

/** The idempotency key came with another request before. */
export interface KeyReused {
  readonly kind: 'keyReused';
}

/** Where clients change films; each call is one transaction. */
export interface MovieMutations {
  /** Returns the films in the order of their changes. */
  change(
    call: MutationRequest,
    changes: readonly MovieChange[],
  ): Promise<{ readonly done: readonly ChangedMovie[] } | { readonly refused: MovieRefusal | KeyReused }>;
  release(
    call: MutationRequest,
    release: OverridesRelease,
  ): Promise<{ readonly done: ChangedMovie } | { readonly refused: ReleaseRefusal | KeyReused }>;
  /** How often each of the films has changed, those that are gone too. One statement. */
  versionsOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
