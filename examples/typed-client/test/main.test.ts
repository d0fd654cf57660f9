import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';
import { OperationError, request } from '../src/client.ts';
import type { MovieQuery } from '../src/generated/graphql.ts';
import { movieQuery } from '../src/movie.ts';

const part = (character: string, name: string) => ({ node: { character, person: { name } } });
const matrix: NonNullable<MovieQuery['movie']> = {
  title: 'The Matrix',
  releaseDate: '1999-03-31',
  runtime: 136,
  directors: [{ name: 'Lana Wachowski' }, { name: 'Lilly Wachowski' }],
  cast: { totalCount: 34, edges: [part('Neo', 'Keanu Reeves'), part('Morpheus', 'Laurence Fishburne')] },
  rating: { voteAverage: 8.2, voteCount: 26_000 },
};

let server: Server;
let url: string;

/** Executes operations on the released schema, which refuses invalid ones. */
before(async () => {
  const schema = buildSchema(readFileSync(new URL('../../../docs/schema/released.graphql', import.meta.url), 'utf8'));
  const rootValue = { movie: ({ id }: { id: string }) => (id === '603' ? matrix : null) };
  server = createServer(createHandler({ schema, rootValue })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
after(() => server.close());

test('data has the type of its operation', async () => {
  const { movie } = await request(url, movieQuery, { id: '603', cast: 2 });
  const directors: string[] | undefined = movie?.directors.map(({ name }) => name);
  assert.deepEqual(directors, ['Lana Wachowski', 'Lilly Wachowski']);
  // @ts-expect-error The operation does not select it.
  assert.equal(movie?.overview, undefined);
});

test('variables have the types that the operation declares', async () => {
  await assert.rejects(
    // @ts-expect-error The number of the cast is missing.
    request(url, movieQuery, { id: '603' }),
    (error: unknown) => error instanceof OperationError && /\$cast/.test(error.message),
  );
});

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const run = (id: string) => promisify(execFile)(process.execPath, [main, id], { env: { MARQUEE_URL: url } });

test('the program prints a movie', async () => {
  const { stdout } = await run('603');
  assert.equal(
    stdout,
    `The Matrix (1999-03-31), 136 minutes
directed by Lana Wachowski, Lilly Wachowski
Keanu Reeves as Neo
Laurence Fishburne as Morpheus
and 32 more
8.2 of 10 by 26000 votes
`,
  );
});

test('the program reports an unknown id', async () => {
  await assert.rejects(run('1'), { code: 1, stderr: 'No movie has this id.\n' });
});
