import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import { contractTests } from '../end-to-end/contract.ts';
import { writingMoviesTests } from '../end-to-end/writing-movies.ts';
import { writingPeopleTests } from '../end-to-end/writing-people.ts';
import { writingRatingsTests } from '../end-to-end/writing-ratings.ts';
import { attempt, run } from './command.ts';
import { documentedCommands } from './documented-commands.ts';
import { COMMANDS, type Installation, newInstallation, SERVICES } from './installation.ts';
import { findInLayers } from './layers.ts';
import { declaredMetrics, usedMetrics } from './metric-names.ts';
import { isPossible, proofOf, proofs } from './proofs.ts';
import {
  completeMovie,
  createMovie,
  deleteMovie,
  requireMovie,
  type WrittenMovie,
  writeMovie,
} from './written-movie.ts';

const VERSION = 'test';
const NEXT_VERSION = 'test-next';
const BASE = 'node:24-bookworm-slim';
const OURS = SERVICES.filter((service) => service !== 'kafka' && service !== 'postgres');
const MAX_OWN_BYTES = 120e6;
const FIRST_ANSWER_MS = 180_000;
const PROJECT_BYTES = 3.25 * 2 ** 30;
const IDLE_MS = 120_000;
const OUTAGE_MS = 30_000;

interface BuiltImage {
  readonly name: string;
  readonly ownBytes: number;
}

/** Returns the number of movies; rejects unless a response has data of all three subgraphs. */
async function answer({ stack }: Installation): Promise<number> {
  const { movies } = await stack.graphql<{
    movies: { totalCount: number; edges: { node: { directors: object[]; rating: object | null } }[] };
  }>('{ movies(first: 1) { totalCount edges { node { directors { name } rating { voteCount } } } } }');
  const movie = movies.edges[0]?.node;
  assert.ok(movie && movie.directors.length > 0 && movie.rating);
  return movies.totalCount;
}

describe('Marquee in containers', { timeout: 2_700_000 }, () => {
  let installation: Installation;
  let images: readonly BuiltImage[];
  let firstAnswerMs: number;
  let startedAt: number;

  before(async () => {
    installation = await newInstallation(VERSION);
    images = JSON.parse(await run('npm', ['run', '--silent', 'images', '--', '--json', '--tag', VERSION]));
    const begun = performance.now();
    try {
      await installation.compose('up', '-d', '--no-build');
      await eventually(() => answer(installation), 2 * FIRST_ANSWER_MS);
      firstAnswerMs = performance.now() - begun;
      startedAt = Date.now();
      await installation.signIn();
    } catch (error) {
      process.stderr.write(await installation.compose('logs', '--tail', '40'));
      await installation.down();
      throw error;
    }
  });
  after(() => installation?.down());

  test('the first federated response arrives within 3 minutes', (t) => {
    t.diagnostic(`after ${Math.round(firstAnswerMs / 1000)} s`);
    assert.ok(firstAnswerMs < FIRST_ANSWER_MS);
  });

  test('images add at most 120 MB to their base', (t) => {
    assert.equal(images.length, SERVICES.filter((service) => service.endsWith('-consumer')).length + 3);
    for (const { name, ownBytes } of images) {
      t.diagnostic(`${name}: ${(ownBytes / 1e6).toFixed(1)} MB`);
      assert.ok(ownBytes <= MAX_OWN_BYTES, name);
    }
  });

  test('images have labels, run as a numeric user, and start node without a shell', async () => {
    for (const { name } of images) {
      const [image] = JSON.parse(await run('docker', ['image', 'inspect', name]));
      assert.equal(image.Config.User, '1000:1000', name);
      assert.equal(image.Config.Entrypoint[0], 'node', name);
      for (const label of ['title', 'description', 'source', 'version', 'revision', 'licenses']) {
        assert.ok(image.Config.Labels[`org.opencontainers.image.${label}`], `${name}: ${label}`);
      }
    }
  });

  test('no process has root, capabilities, new privileges, a writable root or unlimited memory', async () => {
    let limits = 0;
    for (const service of SERVICES) {
      const id = await installation.container(service);
      const status = await run('docker', ['exec', id, 'cat', '/proc/1/status']);
      assert.match(status, /^Uid:\s+[1-9]\d*\s+[1-9]/m, `${service} is not root`);
      assert.match(status, /^Cap(Prm|Eff|Bnd):\s+0+$/m, `${service} has no capabilities`);
      assert.doesNotMatch(status, /^Cap(Prm|Eff|Bnd):\s+0*[1-9a-f]/m, `${service} has no capabilities`);
      assert.match(status, /^NoNewPrivs:\s+1$/m, `${service} gets no more`);
      const written = await attempt('docker', ['exec', id, 'touch', '/written']);
      assert.match(written.stderr, /Read-only file system/, service);
      const memory = Number(await installation.inspect(service, '{{.HostConfig.Memory}}'));
      assert.ok(memory > 0, `${service} has a limit`);
      limits += memory;
    }
    assert.ok(limits <= PROJECT_BYTES, `all together may use ${limits} bytes`);
    for (const service of COMMANDS) {
      const host = await installation.inspect(
        service,
        '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.Memory}}',
      );
      assert.match(host, /^true \[ALL\] [1-9]/, service);
    }
  });

  test('idle processes stay within their memory limits, alone and in total', {
    timeout: IDLE_MS + 120_000,
  }, async (t) => {
    await sleep(Math.max(0, startedAt + IDLE_MS - Date.now()));
    const ids = await Promise.all(SERVICES.map((service) => installation.container(service)));
    const usage = (await run('docker', ['stats', '--no-stream', '--format', '{{.MemUsage}}', ...ids]))
      .trim()
      .split('\n');
    let sum = 0;
    for (const [index, service] of SERVICES.entries()) {
      const mebibytes = Number.parseFloat(usage[index] as string);
      // Resident memory includes Node's binary, some 60 MiB, which all processes share.
      const status = await run('docker', ['exec', ids[index] as string, 'cat', '/proc/1/status']);
      const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
      t.diagnostic(`${service}: ${mebibytes} MiB of its cgroup, ${resident.toFixed(1)} MiB resident`);
      sum += mebibytes;
      if (!OURS.includes(service)) continue;
      const most = service === 'gateway' ? 160 : 120;
      assert.ok(mebibytes < most, `${service}: ${mebibytes} MiB`);
    }
    t.diagnostic(`all together: ${sum.toFixed(0)} MiB`);
    assert.ok(sum * 2 ** 20 < PROJECT_BYTES);
  });

  test('every metric of alerts and dashboards exists', async () => {
    const used = await usedMetrics();
    assert.ok(used.size > 12);
    // Declared only by processes with a read replica.
    used.delete('marquee_database_replica_up');
    for (const service of OURS.filter((each) => each !== 'tmdb-emulator'))
      for (const name of await declaredMetrics(await installation.container(service))) used.delete(name);
    assert.deepEqual([...used], []);
  });

  test('a subgraph rejects all but the gateway, and each container has only its own secrets', async () => {
    const script = `fetch('http://movies:4001/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{__typename}"}' }).then(({ status }) => console.log(status))`;
    const gateway = await installation.container('gateway');
    assert.match(await run('docker', ['exec', gateway, 'node', '-e', script]), /^40[13]$/m);
    const database = await attempt('docker', ['exec', gateway, 'node', '-e', "fetch('http://postgres:5432')"]);
    assert.notEqual(database.code, 0, 'the gateway is in no network with the database');
    for (const service of OURS) {
      const id = await installation.container(service);
      const { stdout } = await attempt('docker', ['exec', id, 'ls', '/run/secrets/marquee']);
      assert.doesNotMatch(stdout, /admin|owner|^password$/m, service);
    }
  });

  test('no layer, history or environment has a secret or a registry setting', async () => {
    const vault = ['run', '--rm', '-v', `${installation.env.COMPOSE_PROJECT_NAME}_secrets-vault:/vault:ro`];
    const image = `marquee/secrets:${VERSION}`;
    const secrets = JSON.parse(await run('docker', [...vault, '--entrypoint=cat', image, '/vault/secrets.json']));
    const texts: Record<string, string> = {
      monitoring: secrets.monitoringPassword,
      'token key': secrets.tokenKey.split('\n')[1],
      ...Object.fromEntries(
        Object.entries<string>(secrets.passwords).map(([role, text]) => [`password of ${role}`, text]),
      ),
      ...Object.fromEntries(
        secrets.signingKeys.map((key: string) => [`signing key ${key.split(':')[0]}`, key.split(':')[1]]),
      ),
    };
    for (const service of [...SERVICES, ...COMMANDS]) {
      const environment = await installation.inspect(service, '{{json .Config}}');
      for (const [name, text] of Object.entries(texts)) assert.ok(!environment.includes(text), `${service}: ${name}`);
    }
    const registry = new URL((await run('npm', ['config', 'get', 'registry'])).trim());
    if (registry.hostname !== 'registry.npmjs.org') texts.registry = registry.hostname;
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) {
      const proxy = process.env[name];
      if (proxy) texts[name] = proxy;
    }
    assert.deepEqual(
      await findInLayers(
        images.map(({ name }) => name),
        BASE,
        texts,
      ),
      [],
    );
  });

  test('all movies are ingested and all writes kept while every container is killed once', async (t) => {
    const { stack } = installation;
    const written: WrittenMovie[] = [];
    await installation.composeWith({ INGEST_MOVIES: '100000' }, 'up', '-d', '--no-build', '--no-deps', 'ingest');
    for (const service of SERVICES) {
      const begun = performance.now();
      const started = await installation.inspect(service, '{{.State.StartedAt}}');
      written.push(await writeMovie(stack, `Before ${service} ended`));
      await installation.kill(service);
      const writing = writeMovie(stack, `While ${service} came back`);
      await eventually(async () => {
        const [again, health] = (
          await installation.inspect(service, '{{.State.StartedAt}} {{.State.Health.Status}}')
        ).split(' ');
        assert.notEqual(again, started, `${service} has been started again`);
        assert.equal(health, 'healthy', service);
      }, 90_000);
      t.diagnostic(`${service}: healthy ${Math.round((performance.now() - begun) / 100) / 10} s after it was killed`);
      written.push(await writing);
    }
    for (const movie of written) await eventually(() => requireMovie(stack, movie));
    for (const movie of written) await deleteMovie(stack, movie);
    await eventually(async () => assert.equal(await answer(installation), 300), 120_000);
  });

  /** Returns the status of `/readyz` of each process. */
  async function readiness(): Promise<readonly (readonly [string, number])[]> {
    const script =
      'fetch("http://127.0.0.1:" + process.env.PORT + "/readyz").then(({ status }) => console.log(status)).catch(() => console.log(0))';
    const statuses = PROCESSES.map(async (service) => {
      const id = await installation.container(service);
      return [service, Number(await run('docker', ['exec', id, 'node', '-e', script]))] as const;
    });
    return Promise.all(statuses);
  }

  const PROCESSES = OURS.filter((service) => service !== 'tmdb-emulator');
  for (const away of ['kafka', 'postgres'] as const) {
    test(`${away} is unavailable for 30 s: nothing is lost, and every process becomes ready again`, async () => {
      const { stack } = installation;
      const starts = async () =>
        Promise.all(OURS.map((service) => installation.inspect(service, '{{.State.StartedAt}} {{.RestartCount}}')));
      const started = await starts();
      const id = await installation.container(away);
      await run('docker', ['kill', id]);
      const ended = Date.now();
      const title = `While ${away} was away`;
      // Without Kafka clients can write; other subgraphs get the changes later.
      const created = away === 'kafka' ? await createMovie(stack, title) : undefined;
      if (created) assert.ok(Date.now() - ended < OUTAGE_MS, 'writing does not wait for Kafka');
      const writing = created ? completeMovie(stack, title, created) : writeMovie(stack, title);
      const waiting = PROCESSES.filter(
        (service) =>
          service !== 'gateway' && (away === 'postgres' || service.endsWith('-consumer') || service === 'ingest'),
      );
      const whileAway = PROCESSES.map((service) => [service, waiting.includes(service) ? 503 : 200]);
      await eventually(async () => assert.deepEqual(await readiness(), whileAway), 2 * OUTAGE_MS);
      await sleep(Math.max(0, ended + OUTAGE_MS - Date.now()));
      await run('docker', ['start', id]);
      const back = PROCESSES.map((service) => [service, 200]);
      await eventually(async () => assert.deepEqual(await readiness(), back), 180_000);
      const movie = await writing;
      await eventually(() => requireMovie(stack, movie));
      await deleteMovie(stack, movie);
      assert.deepEqual(await starts(), started, 'no process of ours was started again');
    });
  }

  contractTests(() => installation.stack);
  writingMoviesTests(() => installation.stack);
  writingPeopleTests(() => installation.stack);
  writingRatingsTests(() => installation.stack);

  test('SIGTERM ends each process without an error', async () => {
    await installation.compose('stop', '--timeout', '25', ...OURS);
    for (const service of OURS) {
      assert.equal(await installation.inspect(service, '{{.State.ExitCode}}'), '0', service);
    }
    await installation.compose('up', '-d', '--no-build');
  });

  test('only a token of this installation is accepted', async () => {
    const token = await installation.signIn();
    const send = async (authorization: string) => {
      const body = JSON.stringify({ query: '{ __typename }' });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${authorization}` };
      return (await fetch(installation.url, { method: 'POST', headers, body })).status;
    };
    await eventually(async () => assert.equal(await send(token), 200));
    assert.equal(await send(`${token.slice(0, -8)}AAAAAAAA`), 401);
  });

  describe('the commands of docs/deploying/compose.md', async () => {
    const v2 = (await attempt('docker', ['compose', 'version'])).code === 0;
    const shim = 'docker() { if [ "$1" = compose ]; then shift; docker-compose "$@"; else command docker "$@"; fi; }';
    let movies: number;
    before(async () => {
      movies = await eventually(() => answer(installation));
    });
    const all = proofs({ current: VERSION, next: NEXT_VERSION });
    // The page names a release's versions; the images of the test have this one.
    const versions = {
      'MARQUEE_VERSION=0.2.0': `MARQUEE_VERSION=${NEXT_VERSION}`,
      'MARQUEE_VERSION=0.1.0': `MARQUEE_VERSION=${VERSION}`,
    };
    for (const block of await documentedCommands('docs/deploying/compose.md')) {
      if (block.notRun !== undefined) continue;
      test(`${block.heading}: ${block.script.split('\n')[0]}`, { timeout: 400_000 }, async (t) => {
        const { env } = installation;
        const shell = v2 ? '' : shim;
        if (!(await isPossible(shell, block.needs, env))) {
          t.diagnostic(`not run, since this does not go well here: ${block.needs}`);
          return;
        }
        const proof = proofOf(all, block);
        await proof?.before?.(installation);
        const script = Object.entries(versions).reduce(
          (text, [theirs, ours]) => text.replace(theirs, ours),
          block.script,
        );
        const output = await run('bash', ['-euo', 'pipefail', '-c', `${shell}\n${script}`], env);
        if (block.heading !== 'Stop') {
          await eventually(
            async () => assert.ok((await answer(installation)) >= movies, 'all is there that was'),
            120_000,
          );
        }
        await proof?.after?.(installation, output);
      });
    }
    test('every proof belongs to a block', async () => {
      const blocks = await documentedCommands('docs/deploying/compose.md');
      for (const proof of all)
        assert.ok(
          blocks.some((block) => proofOf([proof], block)),
          `${proof.heading}: ${proof.part}`,
        );
    });
  });
});
