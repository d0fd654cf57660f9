import type { Loaders } from './loaders.ts';

/** Values that the resolvers of one request share. */
export interface Context {
  readonly loaders: Loaders;
}

/** A movie of which this subgraph has the id alone. */
export interface MovieReference {
  readonly id: string;
}
