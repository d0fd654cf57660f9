import { setTimeout as sleep } from 'node:timers/promises';
import { MOVIE_QUERY } from '@marquee/ingest/movie-query';
import { CompressionTypes, Kafka, logLevel, type TopicMessages } from 'kafkajs';

/**
 * The least that an ingest can do: requests each movie's details, credits and reviews, parses them, and produces each body as it is.
 * Requests, concurrency, topics, compression and the time in which records wait for a batch are those of `ingest movies`.
 */
const { TMDB_BASE_URL = '', KAFKA_BROKERS = '', CONCURRENCY = '20', IDS = '[]' } = process.env;
const LINGER_MS = 5;

const producer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR }).producer();
const query = new URLSearchParams(MOVIE_QUERY);
const ids = JSON.parse(IDS) as number[];
let pending: TopicMessages[] = [];
let flushed: Promise<unknown> = Promise.resolve();

/** Resolves when the record is durable. */
async function produce(part: string, id: number, bodies: unknown): Promise<void> {
  pending.push({ topic: `bench.movie-${part}`, messages: [{ key: String(id), value: JSON.stringify(bodies) }] });
  if (pending.length === 1) {
    flushed = flushed.then(async () => {
      await sleep(LINGER_MS);
      const topicMessages = pending;
      pending = [];
      await producer.sendBatch({ compression: CompressionTypes.GZIP, topicMessages });
    });
  }
  await flushed;
}

async function get(path: string) {
  const response = await fetch(`${TMDB_BASE_URL}${path}`, { headers: { 'accept-encoding': 'gzip' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return JSON.parse(await response.text());
}

async function reviews(id: number): Promise<unknown[]> {
  const first = await get(`/movie/${id}/reviews?page=1`);
  const further = Array.from({ length: Math.max(0, first.total_pages - 1) }, (_, index) =>
    get(`/movie/${id}/reviews?page=${index + 2}`),
  );
  return [first, ...(await Promise.all(further))];
}

async function worker(): Promise<void> {
  for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
    const [details, credits, pages] = [get(`/movie/${id}?${query}`), get(`/movie/${id}/credits`), reviews(id)];
    await Promise.all([
      details.then((body) => produce('details', movieId(body), body)),
      credits.then((body) => produce('credits', movieId(body), body)),
      pages.then((all) => produce('ratings', movieId(all[0]), all)),
    ]);
  }
}

const movieId = (body: unknown) => (body as { id: number }).id;

await producer.connect();
await Promise.all(Array.from({ length: Number(CONCURRENCY) }, worker));
await producer.disconnect();
process.exit(0);
