import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Latencies } from '../load.ts';
import { type CatalogueSize, personId, randomOf } from './catalogue.ts';

/** Reads of one period. */
export interface ReadsMeasured {
  readonly reads: number;
  /** Timeouts after {@link READ_TIMEOUT_MS}, other statuses than 200, and responses with errors. */
  readonly failed: number;
  /** Distinct reasons of failures. */
  readonly reasons: readonly string[];
  /** Latencies from the scheduled time, failed reads included. */
  readonly latencies: Latencies;
}

export const READ_TIMEOUT_MS = 30_000;

const PERSON = `query Person($id: ID!) {
  person(id: $id) {
    id name knownForDepartment
    filmography(first: 20) {
      totalCount edges { node { department job character movie { id title releaseDate rating { voteAverage voteCount } } } }
    }
  }
}`;
const MOVIE = `query Movie($id: ID!) {
  movie(id: $id) {
    id title overview releaseDate runtime genres { id name } productionCompanies { id name }
    directors { id name }
    cast(first: 10) { totalCount edges { node { character order person { id name } } } pageInfo { hasNextPage endCursor } }
    rating { voteAverage voteCount weightedScore }
    reviews(first: 10) { totalCount edges { node { id author rating content } } }
  }
}`;
const PEOPLE = `query People {
  people(first: 20) { edges { node { id name filmography(first: 3) { edges { node { movie { id title } } } } } } }
}`;
const SEARCH = `query Search($text: String!) {
  searchMovies(query: $text, first: 5) { edges { node { id title releaseDate } } }
  searchPeople(query: $text, first: 5) { edges { node { id name } } }
}`;
const TOP_RATED = `query TopRated {
  topRated(first: 10) { edges { score node { id title releaseDate directors { name } } } }
}`;
const BROWSE = `query Browse {
  movies(first: 20, orderBy: { field: POPULARITY, direction: DESC }) {
    totalCount edges { node { id title rating { voteAverage } cast(first: 3) { edges { node { character person { name } } } } } }
  }
}`;

/** Half of the reads are of people, well-known ones first, which a load writes most often. */
function readOf(random: () => number, { movies, people }: CatalogueSize): string {
  const kind = random();
  if (kind < 0.4)
    return JSON.stringify({ query: PERSON, variables: { id: personId(Math.floor(people ** random()) - 1) } });
  if (kind < 0.5) return JSON.stringify({ query: PEOPLE });
  if (kind < 0.75)
    return JSON.stringify({ query: MOVIE, variables: { id: String(1 + Math.floor(random() * movies)) } });
  if (kind < 0.85)
    return JSON.stringify({
      query: SEARCH,
      variables: { text: ['mar', 'Denlo', 'ranso', 'vi'][Math.floor(random() * 4)] },
    });
  if (kind < 0.93) return JSON.stringify({ query: BROWSE });
  return JSON.stringify({ query: TOP_RATED });
}

/**
 * Runs an open loop of reads until the signal is aborted, and waits for their responses.
 */
export async function readUntil(
  signal: AbortSignal,
  origin: string,
  size: CatalogueSize,
  perSecond: number,
): Promise<ReadsMeasured> {
  const pool = new Pool(origin, { pipelining: 1, headersTimeout: READ_TIMEOUT_MS, bodyTimeout: READ_TIMEOUT_MS });
  const histogram = createHistogram();
  const reasons = new Set<string>();
  const random = randomOf(7);
  let [reads, failed] = [0, 0];

  async function read(due: number): Promise<void> {
    const failure = await request(pool, readOf(random, size));
    histogram.record(Math.max(1, Math.round((performance.now() - due) * 1_000)));
    reads += 1;
    if (failure === undefined) return;
    failed += 1;
    if (reasons.size < 20) reasons.add(failure);
  }

  const underWay: Promise<void>[] = [];
  const start = performance.now();
  for (let index = 0; !signal.aborted; index++) {
    const due = start + (index * 1_000) / perSecond;
    await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => {});
    if (!signal.aborted) underWay.push(read(due));
  }
  await Promise.all(underWay);
  await pool.close();
  const latencies = { p50: histogram.percentile(50) / 1_000, p99: histogram.percentile(99) / 1_000 };
  return { reads, failed, reasons: [...reasons], latencies };
}

/** Returns the reason of a failed read. */
async function request(pool: Pool, body: string): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    const text = await response.body.text();
    if (response.statusCode !== 200) return `${response.statusCode}: ${text.slice(0, 200)}`;
    const { errors } = JSON.parse(text) as { errors?: readonly { message: string; extensions?: { code?: string } }[] };
    return errors
      ?.map(({ message, extensions }) => `${extensions?.code}: ${message}`)
      .join('; ')
      .slice(0, 200);
  } catch (error) {
    return String(error);
  }
}
