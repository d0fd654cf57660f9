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
  'Movie.cast.edges': byKeys(({ node }) => [(node as Node).order, (node as Node).creditId]),
  'Movie.reviews.edges': (a, b) => byAge(b, a),
  'Person.translations.edges': byKeys(({ node }) => [(node as Node).language, (node as Node).country]),
  'Movie.releases': byKeys(({ country, date, type }) => [country, date, RELEASE_TYPES.indexOf(type as string)]),
};

/**
 * Returns TMDb's body of a movie with all parts appended, and all reviews on one page. The offers of a movie are an object by country at
 * TMDb; here they are a list, as docs/tmdb-fields.md has it.
 */
export function bodyOf({ details, credits, reviews }: Movie): Node {
  const pages = { page: 1, total_pages: Math.ceil(reviews.length / PAGE), total_results: reviews.length };
  const body = { ...details, credits, reviews: { id: details.id, results: reviews, ...pages } };
  const offers = details['watch/providers'];
  if (offers === undefined) return body;
  const results = Object.entries(offers.results).map(([country, options]) => ({ iso_3166_1: country, ...options }));
  return { ...body, 'watch/providers': { results } };
}

/** Derives the expected movie of the graph from TMDb's bodies and docs/tmdb-fields.md. */
export function expectedMovie(movie: Movie): WholeMovie {
  const expected = expectedNode(fieldRows, bodyOf(movie));
  const directors = movie.credits.crew.filter(({ job }) => job === 'Director').map(({ id }) => String(id));
  return { ...expected, directors: [...new Set(directors)].map((id) => ({ id })) } as unknown as WholeMovie;
}

/** Derives the expected object of the graph from a body and the rows of its fields. */
export function expectedNode(fields: readonly FieldRow[], body: Node): Node {
  return built(fields, [body], 0);
}

const graphPath = ({ graphql }: FieldRow) => parsePath(graphql.replace(/^(?:Movie|Person)\./, ''));
const tmdbLists = ({ tmdb }: FieldRow) => parsePath(tmdb).lists;

/** Builds an object of the graph. @param depth number of the graph's lists around it */
function built(rows: readonly FieldRow[], chain: readonly Node[], depth: number): Node {
  const node: Node = {};
  for (const [list, inList] of Map.groupBy(rows, (row) => graphPath(row).lists[depth]?.join('.'))) {
    if (list === undefined) for (const row of inList) putAt(node, graphPath(row).leaf, turned(row, chain));
    else {
      const order = ORDERS[`${inList[0]?.graphql.split('.')[0]}.${list}`] ?? (() => 0);
      putAt(node, list.split('.'), itemsOf(inList, chain, depth).toSorted(order));
    }
  }
  return node;
}

/** Returns the items of a list of the graph, which may be several lists of TMDb's, or nested at TMDb: releases by country. */
function itemsOf(rows: readonly FieldRow[], chain: readonly Node[], depth: number): Node[] {
  const place = chain.length - 1;
  return [...Map.groupBy(rows, (row) => tmdbLists(row)[place]?.join('.')).values()].flatMap((inList) => {
    const own = inList.filter((row) => graphPath(row).lists.length === depth + 1);
    const [deepest = []] = own.map((row) => tmdbLists(row).slice(place)).toSorted((a, b) => b.length - a.length);
    return chainsOf(chain, deepest).map((inner) => built(inList, inner, depth + 1));
  });
}

function turned({ tmdb, rule }: FieldRow, chain: readonly Node[]): unknown {
  const { lists, leaf, isList } = parsePath(tmdb);
  const item = chain[lists.length] as Node;
  const turn = rule === null ? (value: unknown) => value ?? null : RULES[rule];
  if (turn === undefined) throw new Error(`${tmdb}: there is no rule ${rule}`);
  const around = { body: chain[0] as Node, item, list: lists.at(-1)?.at(-1) ?? '' };
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
