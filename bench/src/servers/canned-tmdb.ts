import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { NO_FAULTS } from '@marquee/ingest/faults';
import { MOVIE_QUERY, WHOLE_MOVIE_QUERY } from '@marquee/ingest/movie-query';
import { createSyntheticCatalogue } from '@marquee/ingest/synthetic-catalogue';
import { addTmdbEmulator } from '@marquee/ingest/tmdb-emulator';
import { createHttpServer } from '@marquee/runtime/http-server';
import { createContext } from '@marquee/runtime/process';
import { announce } from './settings.ts';

/**
 * TMDb's responses for `MOVIES` synthetic movies, rendered once by the emulator and served from memory, so that the server takes little of
 * the machine. `GET /ids` lists the movies, `GET /count` returns the number of the other requests.
 */
const { MOVIES = '1' } = process.env;

const ctx = createContext('canned-tmdb', 'error');
const emulator = createHttpServer(ctx);
const catalogue = createSyntheticCatalogue(Number(MOVIES), 1);
await addTmdbEmulator(emulator, {
  catalogue,
  faults: NO_FAULTS,
  seed: 1,
  maxAge: 0,
  admin: false,
  logger: ctx.logger,
});
const ids = [...catalogue.movies.keys()];
const query = new URLSearchParams(MOVIE_QUERY);
const wholeQuery = new URLSearchParams(WHOLE_MOVIE_QUERY);
const bodies = new Map<string, { readonly plain: Buffer; readonly zipped: Buffer }>();

/** Returns the key of a response. The details have one body with credits and one without, however a client encodes its query. */
function keyOf(url: string): string {
  if (!/^\/3\/movie\/\d+\?/.test(url)) return url;
  return url.slice(0, url.indexOf('?')) + (url.includes('credits') ? '?whole' : '');
}

async function render(url: string): Promise<string> {
  const { payload } = await emulator.inject(url);
  const plain = Buffer.from(payload);
  bodies.set(keyOf(url), { plain, zipped: gzipSync(plain, { level: 1 }) });
  return payload;
}

for (const id of ids) {
  const reviews = JSON.parse(await render(`/3/movie/${id}/reviews?page=1`));
  for (let page = 2; page <= reviews.total_pages; page += 1) await render(`/3/movie/${id}/reviews?page=${page}`);
  await render(`/3/movie/${id}?${query}`);
  await render(`/3/movie/${id}?${wholeQuery}`);
  await render(`/3/movie/${id}/credits`);
}

let requests = 0;
const server = createServer((request, response) => {
  const url = request.url ?? '';
  if (url === '/ids') return response.end(JSON.stringify(ids));
  if (url === '/count') return response.end(String(requests));
  const body = bodies.get(keyOf(url));
  if (body === undefined) return response.writeHead(404).end(url);
  requests += 1;
  const isZipped = request.headers['accept-encoding']?.includes('gzip') === true;
  const bytes = isZipped ? body.zipped : body.plain;
  return response
    .writeHead(200, {
      'content-type': 'application/json;charset=utf-8',
      'content-length': bytes.length,
      ...(isZipped && { 'content-encoding': 'gzip' }),
    })
    .end(bytes);
});
server.keepAliveTimeout = 60_000;
announce(server);
