import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { Catalogue } from './catalogue.ts';

const DAY_MS = 86_400_000;
/** Hour (UTC) at which TMDb has written the day's exports. */
const READY_HOUR = 8;
/** Days for which TMDb keeps exports: 3 months. */
const KEPT_DAYS = 90;
const CHUNK_BYTES = 16 * 1024;

/**
 * Adds the daily id exports, outside of the API: https://developer.themoviedb.org/docs/daily-id-exports. Each available day has the
 * catalogue of the request's time; others return 404.
 *
 * @param now returns ms since 1970
 */
export function addIdExports(server: FastifyInstance, catalogue: Catalogue, now: () => number): void {
  const exports: Readonly<Record<string, () => Generator<object>>> = {
    movie: () => movieEntries(catalogue),
    person: () => personEntries(catalogue),
  };
  server.get<{ Params: { file: string } }>('/p/exports/:file', async ({ params }, reply) => {
    const [, kind = '', month, day, year] =
      /^(movie|person)_ids_(\d\d)_(\d\d)_(\d{4})\.json\.gz$/.exec(params.file) ?? [];
    const entries = exports[kind];
    if (!entries || !isAvailable(Date.parse(`${year}-${month}-${day}T00:00:00Z`), now())) return reply.callNotFound();
    const gzip = createGzip({ level: 1 });
    const lines = Readable.from(inChunks(entries()), { objectMode: false });
    lines.on('error', (error) => gzip.destroy(error));
    gzip.on('close', () => lines.destroy());
    return reply.type('application/gzip').send(lines.pipe(gzip));
  });
}

function isAvailable(day: number, now: number): boolean {
  return day + READY_HOUR * 3_600_000 <= now && day > now - KEPT_DAYS * DAY_MS;
}

function* movieEntries({ movies }: Catalogue) {
  for (const { id, facts } of movies.values()) {
    const title = facts.original_title ?? facts.title;
    yield { adult: false, id, original_title: title, popularity: facts.popularity, video: false };
  }
}

function* personEntries({ people }: Catalogue) {
  for (const { id, name } of people.values()) yield { adult: false, id, name, popularity: 0 };
}

/** Joins JSON lines into chunks, since each chunk costs more than its lines. */
function* inChunks(entries: Iterable<object>): Generator<Buffer> {
  let chunk = '';
  for (const entry of entries) {
    chunk += `${JSON.stringify(entry)}\n`;
    if (chunk.length < CHUNK_BYTES) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}
