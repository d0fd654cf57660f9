import { createHistogram, performance } from 'node:perf_hooks';
import { createPool } from '@marquee/postgres/pool';
import { MarqueeError } from '@marquee/runtime/errors';
import { request } from 'undici';
import { startSubgraph, type Target } from '../target.ts';
import { misspell, TYPOS, type Typo } from './typos.ts';

export interface SearchBenchOptions {
  /** A superuser of the filled database. */
  readonly url: string;
  /** Number of one-word titles, each misspelt once in each way. */
  readonly titles: number;
  readonly poolSize: number;
  readonly onProgress: (what: string) => void;
}

/** Misspelt titles of one length, or all of them. */
export interface Recall {
  /** Letters of the title; null for all. */
  readonly letters: number | null;
  readonly typo: Typo | 'all';
  readonly searches: number;
  /** Searches with a movie of the title among the first 10 results. */
  readonly found: number;
  /** Latency in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const SHORTEST = 5;
const LONGEST = 9;
const FIRST = 10;

/** Selects one-word titles of 5 to 9 letters, equally many of each length, in random order. */
const SAMPLES = `
  select title from (
    select title, row_number() over (partition by length(title) order by hashtextextended(title, 0)) as place
    from (select distinct title from movies.movies where title ~ '^[A-Za-z]{${SHORTEST},${LONGEST}}$' and not adult) word
  ) sample where place <= $1 order by hashtextextended(title, 1)`;

const QUERY = `query ($query: String!) { searchMovies(query: $query, first: ${FIRST}) { edges { node { title } } } }`;

/**
 * Searches for each title, misspelt in each way, one request at a time.
 *
 * @throws MarqueeError `DATABASE_EMPTY` where there are no such titles
 */
export async function benchSearch(options: SearchBenchOptions): Promise<readonly Recall[]> {
  const { url, titles, poolSize, onProgress } = options;
  const samples = await sampleTitles(url, titles);
  onProgress('starting the subgraph');
  const target = await startSubgraph({ subgraph: 'movies', url, poolSize });
  try {
    for (const title of samples.slice(0, 50)) await search(target, title);
    const groups = new Map<string, Group>();
    for (const [index, title] of samples.entries()) {
      onProgress(`${index} of ${samples.length} titles`);
      for (const [kind, typo] of TYPOS.entries()) {
        const from = performance.now();
        const found = await search(target, misspell(title, typo, index * 7 + kind));
        const took = Math.max(1, Math.round((performance.now() - from) * 1_000));
        for (const letters of [title.length, null]) {
          for (const name of [typo, 'all'] as const) {
            const group = groupOf(groups, letters, name);
            group.histogram.record(took);
            if (found.includes(title.toLowerCase())) group.found += 1;
          }
        }
      }
    }
    return [...groups.values()].map(recallOf).toSorted(byLengthAndTypo);
  } finally {
    await target.stop();
  }
}

async function sampleTitles(url: string, titles: number): Promise<readonly string[]> {
  const db = createPool({ url, schema: 'movies', applicationName: 'bench', max: 1 });
  try {
    const lengths = LONGEST - SHORTEST + 1;
    const { rows } = await db.query<{ title: string }>(SAMPLES, [Math.ceil(titles / lengths)]);
    if (rows.length === 0)
      throw new MarqueeError(
        'DATABASE_EMPTY',
        'The database has no titles of one word with 5 to 9 letters: fill it with npm run generate -w subgraphs/movies.',
      );
    return rows.map(({ title }) => title).slice(0, titles);
  } finally {
    await db.end();
  }
}

async function search(target: Target, query: string): Promise<readonly string[]> {
  const body = JSON.stringify({ query: QUERY, variables: { query } });
  const answer = await request(`${target.origin}${target.path}`, {
    method: 'POST',
    headers: target.headersFor(body),
    body,
  });
  const { data, errors } = (await answer.body.json()) as {
    data?: { searchMovies: { edges: readonly { node: { title: string } }[] } };
    errors?: unknown;
  };
  if (data === undefined || errors !== undefined) {
    throw new MarqueeError('SEARCH_FAILED', `A search for ${JSON.stringify(query)} failed: ${JSON.stringify(errors)}`);
  }
  return data.searchMovies.edges.map(({ node }) => node.title.toLowerCase());
}

interface Group {
  readonly letters: number | null;
  readonly typo: Recall['typo'];
  readonly histogram: ReturnType<typeof createHistogram>;
  found: number;
}

function groupOf(groups: Map<string, Group>, letters: number | null, typo: Recall['typo']): Group {
  const key = `${letters} ${typo}`;
  const group = groups.get(key) ?? { letters, typo, histogram: createHistogram(), found: 0 };
  groups.set(key, group);
  return group;
}

function recallOf({ letters, typo, histogram, found }: Group): Recall {
  const milliseconds = (percentile: number) => histogram.percentile(percentile) / 1_000;
  return { letters, typo, searches: histogram.count, found, p50: milliseconds(50), p99: milliseconds(99) };
}

const ORDER: readonly Recall['typo'][] = [...TYPOS, 'all'];

/** Sorts totals last. */
function byLengthAndTypo(one: Recall, other: Recall): number {
  return (one.letters ?? 99) - (other.letters ?? 99) || ORDER.indexOf(one.typo) - ORDER.indexOf(other.typo);
}
