import { type CursorValue, decodeCursor, encodeCursor, type Ordering } from './cursor.ts';
import { userInputError } from './user-input-error.ts';

/** The arguments of a Relay connection (https://relay.dev/graphql/connections.htm), as GraphQL passes them. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A page for a keyset query. */
export interface Page {
  readonly ordering: Ordering;
  /** Maximum number of edges of the page. */
  readonly size: number;
  /** Rows to read: one more than `size`, to detect further ones. */
  readonly limit: number;
  /** True to read against the ordering, from its end or from `cursor`; {@link toConnection} reverses the rows. */
  readonly backward: boolean;
  /** Sort keys of the row after which the page begins; null: at the start of the ordering, or its end when backward. */
  readonly cursor: readonly CursorValue[] | null;
}

export interface PageOptions {
  readonly ordering: Ordering;
  /** Number of edges without `first` and `last`. Default 20. */
  readonly defaultSize?: number;
  /** Maximum number of edges of a page. Default 100. */
  readonly maxSize?: number;
}

/** A connection as graphql-js resolves it: an expensive field is a function, called only when it is selected. */
export interface Connection<Edge> {
  readonly edges: readonly (Edge & { readonly cursor: () => string })[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: () => string | null;
    readonly endCursor: () => string | null;
  };
  readonly totalCount: () => Promise<number>;
}

/** An edge of a connection of rows. */
export type EdgeOf<Listed extends Connection<object>> = Listed['edges'][number];

/** The fields of a connection, of an edge whose node is its row, and of `PageInfo`: each the property of its name. */
export const CONNECTION_FACTS = ['edges', 'pageInfo', 'totalCount'] as const;
export const EDGE_FACTS = ['cursor', 'node'] as const;
export const PAGE_INFO_FACTS = ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'] as const;

/**
 * Checks the arguments of a connection.
 *
 * @throws GraphQLError `BAD_USER_INPUT`: both directions at once, a size below 0 or over the limit, a cursor that is invalid or
 * of another ordering
 */
export function parsePageArgs(args: PageArgs, { ordering, defaultSize = 20, maxSize = 100 }: PageOptions): Page {
  const first = args.first ?? undefined;
  const last = args.last ?? undefined;
  const after = args.after ?? undefined;
  const before = args.before ?? undefined;
  if (first !== undefined && last !== undefined) {
    throw userInputError('Pass either `first` (forward) or `last` (backward), not both.');
  }
  if (after !== undefined && before !== undefined) {
    throw userInputError('Pass either `after` (forward) or `before` (backward), not both.');
  }
  if (first !== undefined && before !== undefined) {
    throw userInputError('`before` pages backward: pass it with `last`, or use `after` with `first`.');
  }
  if (last !== undefined && after !== undefined) {
    throw userInputError('`after` pages forward: pass it with `first`, or use `before` with `last`.');
  }
  const backward = last !== undefined || before !== undefined;
  const size = sizeOf(backward ? 'last' : 'first', (backward ? last : first) ?? defaultSize, maxSize);
  const cursor = backward ? before : after;
  return {
    ordering,
    size,
    limit: size + 1,
    backward,
    cursor: cursor === undefined ? null : decodeCursor(cursor, ordering, backward ? 'before' : 'after'),
  };
}

function sizeOf(argument: 'first' | 'last', size: number, maxSize: number): number {
  if (size < 0) throw userInputError(`\`${argument}\` must not be negative.`);
  if (size > maxSize) {
    throw userInputError(`\`${argument}\` must be at most ${maxSize}: request the rest with the page's cursors.`);
  }
  return size;
}

/**
 * Returns the connection of a page's rows.
 *
 * @param rows at most `page.limit` rows in the order in which they were read, which is against the ordering for a backward page
 * @param keysOf a row's sort keys, as the ordering names them
 * @param totalCount called only when the client selected `totalCount`
 * @param edgeOf further fields of an edge; by default the row is the edge's node
 */
export function toConnection<Row>(
  rows: readonly Row[],
  page: Page,
  keysOf: (row: Row) => readonly CursorValue[],
  totalCount: () => Promise<number>,
): Connection<{ node: Row }>;
export function toConnection<Row, Edge extends object>(
  rows: readonly Row[],
  page: Page,
  keysOf: (row: Row) => readonly CursorValue[],
  totalCount: () => Promise<number>,
  edgeOf: (row: Row) => Edge,
): Connection<Edge>;
export function toConnection<Row>(
  rows: readonly Row[],
  page: Page,
  keysOf: (row: Row) => readonly CursorValue[],
  totalCount: () => Promise<number>,
  edgeOf: (row: Row) => object = (row) => ({ node: row }),
): Connection<object> {
  const more = rows.length > page.size;
  const shown = more ? rows.slice(0, page.size) : rows;
  const ordered = page.backward ? shown.toReversed() : shown;
  const cursorOf = (row: Row | undefined) => (row === undefined ? null : encodeCursor(page.ordering, keysOf(row)));
  return {
    edges: ordered.map((row) => ({ ...edgeOf(row), cursor: () => encodeCursor(page.ordering, keysOf(row)) })),
    pageInfo: {
      hasNextPage: page.backward ? page.cursor !== null : more,
      hasPreviousPage: page.backward ? more : page.cursor !== null,
      startCursor: () => cursorOf(ordered[0]),
      endCursor: () => cursorOf(ordered.at(-1)),
    },
    totalCount,
  };
}
