import { createLoader, type Loader } from '@marquee/subgraph/loader';
import type { __Item__Store } from '../application/__item__-store.ts';
import type { __Item__ } from '../domain/__item__.ts';

/** Batched reads: each is one statement for all movies of a request. */
export interface Loaders {
  /** By movie id. */
  readonly __name__: Loader<readonly __Item__[]>;
}

/** Returns the loaders of one request, which cache what they read. */
export function createLoaders(store: __Item__Store): Loaders {
  return {
    __name__: createLoader<readonly __Item__[]>(
      (ids) => store.ofMovies(ids),
      () => [],
    ),
  };
}
