import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import { expectedMovie } from '../tmdb/expected-movie.ts';
import { oddMovies } from '../tmdb/odd-movies.ts';
import { startTmdbServer } from '../tmdb/tmdb-server.ts';
import { wholeMovie } from '../tmdb/whole-movie.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

/** Tests of data and processes when parts are killed, and when the whole stack stops and restarts. */
export function lifecycleTests(running: () => Stack, restart: (stack: Stack) => void, options: StackOptions): void {
  describe('processes that end and restart', () => {
    for (const name of ['movies', 'people', 'ratings'] as const) {
      test(`${name} is killed during an ingest: nothing is lost, and it restarts`, async () => {
        const stack = running();
        const movies = Object.values(oddMovies);
        const tmdb = await startTmdbServer(movies);
        try {
          const ingested = stack.ingest(['movies', ...movies.map(({ details }) => String(details.id))], {
            TMDB_BASE_URL: tmdb.baseUrl,
          });
          await sleep(1_000);
          process.kill(stack.addresses.processes[name] as number, 'SIGKILL');
          assert.equal((await ingested).code, 0);
          for (const movie of movies) {
            await eventually(async () => {
              assert.deepEqual(await wholeMovie(stack.graphql, String(movie.details.id)), expectedMovie(movie));
            }, 60_000);
          }
        } finally {
          await tmdb.close();
        }
      });
    }

    test('only pages of servers on this machine may use the API', async () => {
      for (const [origin, allowed] of [
        ['http://localhost:5173', true],
        ['http://127.0.0.1:8080', true],
        ['https://localhost', true],
        ['http://localhost.example:5173', false],
        ['https://shop.example', false],
      ] as const) {
        const response = await fetch(running().addresses.graphql, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        });
        assert.equal(response.status, 204);
        assert.equal(response.headers.get('access-control-allow-origin'), allowed ? origin : null);
      }
    });

    test('Ctrl-C ends every process; a second start has all data, whatever TMDb returns', async () => {
      const stack = running();
      const { movies } = await stack.graphql<{ movies: { totalCount: number } }>('{ movies(first: 1) { totalCount } }');
      assert.equal(await stack.stop('SIGINT'), 0);
      for (const [name, pid] of Object.entries(stack.addresses.processes)) {
        assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, `${name} has ended`);
      }
      const nothing = await startTmdbServer();
      try {
        const again = await startStack({
          ...options,
          stateDir: stack.stateDir,
          env: { ...options.env, TMDB_BASE_URL: nothing.baseUrl },
        });
        restart(again);
        assert.deepEqual(await again.graphql('{ movies(first: 1) { totalCount } }'), { movies });
      } finally {
        await nothing.close();
      }
    });
  });
}
