import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import {
  type GatewayProcess,
  runGateway,
  startGateway,
  temporarySupergraph,
  until,
} from '../fixtures/gateway-process.ts';
import { startMoviesAndScores } from '../fixtures/movies-and-scores.ts';
import { supergraphOf } from '../fixtures/subgraphs.ts';

let graph: Awaited<ReturnType<typeof startMoviesAndScores>>;

before(async () => {
  graph = await startMoviesAndScores();
});
after(() => graph?.stop());

const isReady = async ({ url }: GatewayProcess) => (await fetch(`${url}/readyz`)).status === 200;
const workersOf = (gateway: GatewayProcess) =>
  (gateway.log() as { workerPid?: number }[]).flatMap(({ workerPid }) => workerPid ?? []);

async function startWorkers(count: number, env: Record<string, string> = {}): Promise<GatewayProcess> {
  const gateway = await startGateway(graph.supergraph.file, { WORKERS: String(count), ...env });
  await until(() => isReady(gateway));
  return gateway;
}

/** Sends requests in sequence, each on a new connection, and counts responses and failures. */
function load(gateway: GatewayProcess, clients: number) {
  let running = true;
  const outcome = { answered: 0, failed: 0 };
  const ask = (agent: Agent) =>
    new Promise<void>((resolve) => {
      const onEnd = (answered: boolean) => {
        outcome[answered ? 'answered' : 'failed'] += 1;
        resolve();
      };
      const sent = request(`${gateway.url}/graphql?query=%7Bbest%7Bid%20title%7D%7D`, {
        agent,
        headers: { 'apollo-require-preflight': '1' },
        // A connection in transfer to a killed worker gets no response.
        timeout: 5_000,
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('response', (response) => {
        response.resume();
        response.on('end', () => onEnd(response.statusCode === 200));
        response.on('error', () => onEnd(false));
      });
      sent.on('error', () => onEnd(false));
      sent.end();
    });
  const all = Array.from({ length: clients }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (running) await ask(agent);
    agent.destroy();
  });
  return {
    outcome,
    async end() {
      running = false;
      await Promise.all(all);
    },
  };
}

/** Sends requests on one connection, which stays with one worker. */
function connected(gateway: GatewayProcess) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async (path: string): Promise<string> => {
    const sent = request(`${gateway.url}${path}`, { agent, headers: { 'apollo-require-preflight': '1' } }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return text(response);
  };
}

/** Sends a request on a new connection, which the next worker accepts. */
async function sendAnew(gateway: GatewayProcess, client: string, body: object) {
  const sent = request(`${gateway.url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': client },
  });
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { data } = (await json(response)) as { data?: unknown };
  return { status: response.statusCode ?? 0, isAnswered: data !== undefined };
}

describe('workers', () => {
  test('have summed metrics and one port, and drain with their primary', async () => {
    const gateway = await startWorkers(2);
    const pending = Array.from({ length: 10 }, () => gateway.query('{ movie(id: "603") { title score } }'));
    for (const answer of await Promise.all(pending)) {
      assert.deepEqual(answer, { data: { movie: { title: 'The Matrix', score: 8.2 } } });
    }
    const sent = await gateway.metric('marquee_subgraph_requests_total{subgraph="movies"');
    const shared = await gateway.metric('marquee_subgraph_requests_shared_total{subgraph="movies"');
    assert.ok(sent >= 1 && sent + shared <= 10, `${sent} + ${shared}`);
    for (let time = 0; time < 6; time += 1) {
      assert.equal(await gateway.metric('marquee_subgraph_requests_total{subgraph="movies"'), sent);
    }
    assert.equal(await gateway.metric('marquee_workers_ready'), 2);
    assert.equal(await gateway.metric('marquee_worker_exits_total'), 0);

    const answer = gateway.query('{ waitFor(gate: "workers") }');
    await graph.gates.get('workers').entered.promise;
    const ended = gateway.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(gateway.child.exitCode, null);
    graph.gates.get('workers').opened.resolve();
    assert.deepEqual(await answer, { data: { waitFor: 'done' } });
    assert.equal(await ended, 0);
    assert.deepEqual(
      gateway.log().filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    );
  });

  test('share rate counts and registered queries', async (t) => {
    const query = '{ best { title } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const gateway = await startWorkers(2, { RATE_LIMIT: '8', TRUSTED_PROXIES: '127.0.0.1' });
    t.after(() => gateway.stop());
    assert.deepEqual(await sendAnew(gateway, '192.0.2.1', { query, extensions }), { status: 200, isAnswered: true });
    await until(async () => {
      const pending = Array.from({ length: 4 }, (_, index) => sendAnew(gateway, `192.0.3.${index}`, { extensions }));
      return (await Promise.all(pending)).every(({ isAnswered }) => isAnswered);
    });
    const statuses: number[] = [];
    for (let time = 0; time < 11; time += 1) {
      statuses.push((await sendAnew(gateway, '192.0.2.2', { query })).status);
    }
    assert.deepEqual(statuses, [...Array(8).fill(200), 429, 429, 429]);
  });

  test('report equal metrics once, and sum the others', async (t) => {
    const gateway = await startWorkers(2);
    t.after(() => gateway.stop());
    assert.equal(await gateway.metric('marquee_supergraph_info{'), 1);
    assert.equal(await gateway.metric('nodejs_version_info{'), 1);
    assert.ok((await gateway.metric('process_resident_memory_bytes{')) > 100 * 2 ** 20, 'a primary and two workers');
  });

  test('that are too busy to report are summed with their last values', async (t) => {
    const gateway = await startWorkers(2);
    t.after(() => gateway.stop());
    // Workers accept successive connections in turn.
    const connections = Array.from({ length: 4 }, () => connected(gateway));
    for (const ask of connections) await ask('/graphql?query=%7Bmovie(id:%22603%22)%7Btitle%7D%7D');
    const sum = (metrics: string) => /^marquee_subgraph_requests_total\{subgraph="movies".* (\d+)$/m.exec(metrics)?.[1];
    await until(async () => sum(await Promise.any(connections.map((ask) => ask('/metrics')))) === '4');
    const [busy] = workersOf(gateway);
    process.kill(busy as number, 'SIGSTOP');
    try {
      assert.equal(sum(await Promise.any(connections.map((ask) => ask('/metrics')))), '4');
    } finally {
      process.kill(busy as number, 'SIGCONT');
    }
  });

  test('that end while others start are replaced', async (t) => {
    const gateway = await startGateway(graph.supergraph.file, { WORKERS: '2' });
    t.after(() => gateway.stop());
    await until(() => workersOf(gateway).length > 0);
    process.kill(workersOf(gateway)[0] as number, 'SIGKILL');
    await until(() => workersOf(gateway).length === 3);
    assert.equal(gateway.log().filter(({ code }) => code === 'WORKER_ENDED').length, 1);
  });

  test('that are killed under load fail only their requests in progress, and are replaced', async (t) => {
    const gateway = await startWorkers(2);
    t.after(() => gateway.stop());
    const clients = 8;
    const asking = load(gateway, clients);
    t.after(() => asking.end());
    await until(() => asking.outcome.answered > 100);
    const [first] = workersOf(gateway);
    process.kill(first as number, 'SIGKILL');
    const before = asking.outcome.answered;
    await until(() => workersOf(gateway).length === 3);
    await until(async () => (await gateway.metric('marquee_workers_ready')) === 2);
    await until(() => asking.outcome.answered > before + 100);
    await asking.end();
    assert.ok(asking.outcome.failed <= clients, JSON.stringify(asking.outcome));
    assert.equal(await gateway.metric('marquee_worker_exits_total'), 1);
    assert.equal(await isReady(gateway), true);
    assert.ok(gateway.log().some(({ code }) => code === 'WORKER_ENDED'));
  });

  test('all load another supergraph without a failed request', async (t) => {
    const own = temporarySupergraph(supergraphOf(graph.movies.url, graph.scores.url));
    const gateway = await startGateway(own.file, { WORKERS: '2' });
    t.after(async () => {
      await gateway.stop();
      own.remove();
    });
    await until(() => isReady(gateway));
    const asking = load(gateway, 4);
    t.after(() => asking.end());
    writeFileSync(own.file, supergraphOf(graph.movies.url, graph.scores.url, 'year: Int'));
    await until(async () => (await gateway.metric('marquee_supergraph_reloads_total{outcome="loaded"')) === 2);
    await asking.end();
    assert.equal(asking.outcome.failed, 0);
    const pending = Array.from({ length: 8 }, () => gateway.query('{ movie(id: "603") { year } }'));
    for (const answer of await Promise.all(pending)) assert.deepEqual(answer, { data: { movie: { year: 1999 } } });
  });

  test('that cannot start end the process with one message and its exit code', async () => {
    const broken = temporarySupergraph('type Query { movie: Missing }');
    const { code, log, text } = await runGateway(['--supergraph', broken.file, '--workers', '3']);
    broken.remove();
    assert.equal(code, 2, text);
    assert.deepEqual(
      log.map((entry) => entry.code),
      ['SUPERGRAPH_INVALID', 'WORKER_FAILED'],
    );
  });

  test('are a number or auto', async () => {
    const { code, text } = await runGateway(['--supergraph', graph.supergraph.file, '--workers', 'many']);
    assert.equal(code, 2, text);
    assert.match(text, /WORKERS: must be auto or a whole number from 0 to 256/);
  });
});
