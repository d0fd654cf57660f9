import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

const INGEST = path.resolve(import.meta.dirname, '../../ingest/src/main.ts');
/** Seconds between two readings of TMDb's changes. */
const INTERVAL = 2;
/** Seconds beyond the interval after which a change is too late on a machine that runs other tests. On an idle one the aim is 2. */
const LATEST = 15;
const MOVIES = ['155', '238', '680'];
const PERSONS = ['31', '192', '500'];

interface Shown {
  readonly movie: {
    readonly title: string;
    readonly tagline: string | null;
    readonly version: number;
    readonly cast: { readonly totalCount: number };
    readonly rating: object | null;
    readonly viewerRating: object | null;
  } | null;
}

/** Tests that what changes at TMDb reaches clients soon, while `ingest sync` reads persons in the background. */
export function followingTests(running: () => Stack): void {
  describe('ingest sync follows TMDb', () => {
    let graphql: Graphql;
    let origin: string;
    const children: ChildProcess[] = [];

    function start(args: readonly string[], env: Readonly<Record<string, string>>): void {
      const settings = path.join(running().stateDir, 'stack.env');
      // The stack's event log, and not the broker of all tests.
      const { KAFKA_BROKERS: _shared, ...inherited } = process.env;
      const child = spawn(process.execPath, [`--env-file=${settings}`, INGEST, ...args], {
        env: { ...inherited, LOG_LEVEL: 'error', ...env },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      children.push(child);
    }

    const untilReady = (url: string) =>
      eventually(async () => assert.equal((await fetch(`${url}/readyz`)).status, 200), 60_000);

    before(async () => {
      graphql = await signedIn(running());
      const [emulatorPort, syncPort] = [String(await freePort()), String(await freePort())];
      origin = `http://127.0.0.1:${emulatorPort}`;
      start(['emulator', '--admin'], { EMULATOR_PORT: emulatorPort });
      await untilReady(origin);
      // The rate of TMDb: persons wait to be requested for the whole time of the tests.
      const args = ['sync', '--interval', String(INTERVAL), '--confirm-after', '2', '--rate', '40'];
      start(args, { PORT: syncPort, TMDB_EMULATOR_URL: `${origin}/3`, TMDB_BASE_URL: '', TMDB_TOKEN: '' });
      await untilReady(`http://127.0.0.1:${syncPort}`);
    });
    after(async () => {
      for (const child of children.reverse()) {
        const exited = once(child, 'exit');
        if (child.kill('SIGTERM')) await exited;
      }
    });

    async function change(method: string, route: string, body?: object): Promise<void> {
      const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(`${origin}/emulator${route}`, { method, ...json });
      assert.ok(response.ok, `${method} ${route}: ${response.status}`);
    }

    /** Returns the seconds until `check` succeeds. */
    async function secondsUntil(check: () => Promise<void>): Promise<number> {
      const changed = performance.now();
      await eventually(check, (INTERVAL + LATEST) * 1_000);
      return Math.round((performance.now() - changed) / 10) / 100;
    }

    test('a change of a movie or a person is visible through the gateway', async (t) => {
      const seconds: number[] = [];
      for (const id of MOVIES) {
        await change('PATCH', `/movies/${id}`, { facts: { title: `Changed ${id}` } });
        const query = 'query ($id: ID!) { movie(id: $id) { title } }';
        seconds.push(
          await secondsUntil(async () =>
            assert.deepEqual(await graphql(query, { id }), { movie: { title: `Changed ${id}` } }),
          ),
        );
      }
      for (const id of PERSONS) {
        await change('PATCH', `/people/${id}`, { name: `Changed ${id}` });
        const query = 'query ($id: ID!) { person(id: $id) { name } }';
        seconds.push(
          await secondsUntil(async () =>
            assert.deepEqual(await graphql(query, { id }), { person: { name: `Changed ${id}` } }),
          ),
        );
      }
      t.diagnostic(`movies and persons were visible after ${seconds.join(', ')} s, at an interval of ${INTERVAL} s`);
    });

    test('a deleted movie disappears once confirmed, and returns with what clients wrote', async (t) => {
      const [id] = MOVIES as [string];
      const look = async () =>
        (
          await graphql<Shown>(
            `query ($id: ID!) { movie(id: $id) {
              title tagline version cast { totalCount } rating { userVoteCount } viewerRating { value }
            } }`,
            { id },
          )
        ).movie;
      const found = await look();
      assert.ok(found);
      const written = await graphql<{ rateMovie: object; updateMovie: object }>(
        `mutation ($id: ID!, $version: Int!) {
          rateMovie(movieId: $id, value: 8.5) { __typename }
          updateMovie(id: $id, version: $version, input: { tagline: "Ours" }) { __typename }
        }`,
        { id, version: found.version },
      );
      assert.deepEqual(written, { rateMovie: { __typename: 'UserRating' }, updateMovie: { __typename: 'Movie' } });
      const { version: _written, ...whole } = (await look()) as NonNullable<Shown['movie']>;
      assert.deepEqual([whole.tagline, whole.viewerRating], ['Ours', { value: 8.5 }]);

      await change('DELETE', `/movies/${id}`);
      const gone = await secondsUntil(async () => assert.equal(await look(), null));
      await change('POST', `/movies/${id}/restore`);
      const back = await secondsUntil(async () => {
        const { version: _restored, ...movie } = (await look()) ?? { version: 0 };
        assert.deepEqual(movie, whole);
      });
      t.diagnostic(`it was gone after ${gone} s, with a confirmation after 2 s, and back after ${back} s`);
    });
  });
}
