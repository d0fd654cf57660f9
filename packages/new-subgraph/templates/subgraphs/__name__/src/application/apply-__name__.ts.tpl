import { distinct__Item__s, type __Item__ } from '../domain/__item__.ts';

/** Observations and deletions of movies, each movie once. */
export interface __Item__Changes {
  readonly observed: readonly { readonly movieId: string; readonly data: { readonly __name__: readonly __Item__[] } }[];
  readonly deleted: readonly { readonly movieId: string }[];
}

export interface __Item__Writer {
  /** Replaces the __name__ of the movies, which are the keys. */
  replace(entries: ReadonlyMap<string, readonly __Item__[]>): Promise<void>;
}

/** Replaces the __name__ of observed movies, and removes those of deleted ones. */
export async function apply__Name__(writer: __Item__Writer, { observed, deleted }: __Item__Changes): Promise<void> {
  await writer.replace(
    new Map([
      ...deleted.map(({ movieId }) => [movieId, []] as const),
      ...observed.map(({ movieId, data }) => [movieId, distinct__Item__s(data.__name__)] as const),
    ]),
  );
}
