import type { Movie } from './bodies.ts';
import { chainsOf, parsePath, putAt, valueAt } from './field-paths.ts';
import { RELEASE_TYPES, RULES } from './field-rules.ts';
import { type FieldRow, fieldRows } from './field-table.ts';
import type { WholeMovie } from './whole-movie.ts';

type Node = Record<string, unknown>;
type Compare = (a: Node, b: Node) => number;

/** TMDb's page size. */
const PAGE = 20;

const byAge = byKeys(({ node }) => [(node as Node).createdAt, (node as Node).id]);

/** Lists with another order in the graph. */
const ORDERS: Readonly<Record<string, Compare>> = {
  'cast.edges': byKeys(({ node }) => [(node as Node).order, (node as Node).creditId]),
  'reviews.edges': (a, b) => byAge(b, a),
  'translations.edges': byKeys(({ node }) => [(node as Node).language, (node as Node).country]),
  releases: byKeys(({ country, date, type }) => [country, date, RELEASE_TYPES.indexOf(type as string)]),
};

/** Returns TMDb's body of a movie with all parts appended, and all reviews on one page. */
export function bodyOf({ details, credits, reviews }: Movie): Node {
  const pages = { page: 1, total_pages: Math.ceil(reviews.length / PAGE), total_results: reviews.length };
  return { ...details, credits, reviews: { id: details.id, results: reviews, ...pages } };
}

/** Derives the expected movie of the graph from TMDb's bodies and docs/tmdb-fields.md. */
export function expectedMovie(movie: Movie): WholeMovie {
  const expected = expectedNode(fieldRows, bodyOf(movie));
  const directors = movie.credits.crew.filter(({ job }) => job === 'Director').map(({ id }) => String(id));
  return { ...expected, directors: [...new Set(directors)].map((id) => ({ id })) } as unknown as WholeMovie;
}

/** Derives the expected object of the graph from a body and the rows of its fields. */
export function expectedNode(fields: readonly FieldRow[], body: Node): Node {
  const expected: Node = {};
  for (const [list, rows] of Map.groupBy(fields, (row) => listOf(row).join('.'))) {
    if (list === '') {
      for (const row of rows) putAt(expected, graphPath(row).leaf, turned(row, [body]));
    } else {
      putAt(expected, list.split('.'), itemsOf(rows, body).toSorted(ORDERS[list] ?? (() => 0)));
    }
  }
  return expected;
}

const graphPath = ({ graphql }: FieldRow) => parsePath(graphql.replace(/^(?:Movie|Person)\./, ''));
const listOf = (row: FieldRow): readonly string[] => graphPath(row).lists[0] ?? [];

/** Returns the items of a list of the graph, which may be nested at TMDb: releases by country. */
function itemsOf(rows: readonly FieldRow[], body: Node): Node[] {
  const [deepest = []] = rows.map(({ tmdb }) => parsePath(tmdb).lists).toSorted((a, b) => b.length - a.length);
  return chainsOf(body, deepest).map((chain) => {
    const item: Node = {};
    for (const row of rows) putAt(item, graphPath(row).leaf, turned(row, chain));
    return item;
  });
}

function turned({ tmdb, rule }: FieldRow, chain: readonly Node[]): unknown {
  const { lists, leaf, isList } = parsePath(tmdb);
  const item = chain[lists.length] as Node;
  const turn = rule === null ? (value: unknown) => value ?? null : RULES[rule];
  if (turn === undefined) throw new Error(`${tmdb}: there is no rule ${rule}`);
  const around = { body: chain[0] as Node, item };
  const value = valueAt(item, leaf);
  return isList ? ((value ?? []) as unknown[]).map((entry) => turn(entry, around)) : turn(value, around);
}

function byKeys(keysOf: (item: Node) => unknown[]): Compare {
  return (a, b) => {
    const [these, those] = [keysOf(a), keysOf(b)];
    const differing = these.findIndex((key, index) => key !== those[index]);
    return differing === -1 ? 0 : (these[differing] as number) < (those[differing] as number) ? -1 : 1;
  };
}
