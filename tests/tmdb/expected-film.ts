import type { Film } from './bodies.ts';
import { chainsOf, parsePath, putAt, valueAt } from './field-paths.ts';
import { RELEASE_TYPES, RULES } from './field-rules.ts';
import { type FieldRow, fieldRows } from './field-table.ts';
import type { WholeFilm } from './whole-film.ts';

type Node = Record<string, unknown>;
type Compare = (a: Node, b: Node) => number;

/** TMDb's page size. */
const PAGE = 20;

const byAge = byKeys(({ node }) => [(node as Node).createdAt, (node as Node).id]);

/** Lists that the graph has in an order of its own. */
const ORDERS: Readonly<Record<string, Compare>> = {
  'cast.edges': byKeys(({ node }) => [(node as Node).order, (node as Node).creditId]),
  'reviews.edges': (a, b) => byAge(b, a),
  releases: byKeys(({ country, date, type }) => [country, date, RELEASE_TYPES.indexOf(type as string)]),
};

/** TMDb's body of a film with everything appended, all its reviews in one page. */
export function bodyOf({ details, credits, reviews }: Film): Node {
  const pages = { page: 1, total_pages: Math.ceil(reviews.length / PAGE), total_results: reviews.length };
  return { ...details, credits, reviews: { id: details.id, results: reviews, ...pages } };
}

/** What the graph should say of a film, from TMDb's bodies and docs/tmdb-fields.md alone. */
export function expectedFilm(film: Film): WholeFilm {
  const body = bodyOf(film);
  const expected: Node = {};
  for (const [list, rows] of Map.groupBy(fieldRows, (row) => listOf(row).join('.'))) {
    if (list === '') {
      for (const row of rows) putAt(expected, graphPath(row).leaf, turned(row, [body]));
    } else {
      putAt(expected, list.split('.'), itemsOf(rows, body).toSorted(ORDERS[list] ?? (() => 0)));
    }
  }
  const directors = film.credits.crew.filter(({ job }) => job === 'Director').map(({ id }) => String(id));
  return { ...expected, directors: [...new Set(directors)].map((id) => ({ id })) } as unknown as WholeFilm;
}

const graphPath = ({ graphql }: FieldRow) => parsePath(graphql.replace(/^Movie\./, ''));
const listOf = (row: FieldRow): readonly string[] => graphPath(row).lists[0] ?? [];

/** The items of one list of the graph, which may stand in lists of lists at TMDb: a release in its country's. */
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
