import type { MovieQuery } from '../../generated/graphql.ts';

/** A movie; fields of deferred fragments are undefined until they arrive. */
export type PageMovie = NonNullable<MovieQuery['movie']>;
