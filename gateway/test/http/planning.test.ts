import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway, temporarySupergraph, until } from '../fixtures/gateway-process.ts';
import type { GraphPart } from '../fixtures/graph.ts';
import { startGraph } from '../fixtures/served-graph.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';
import { ENDLESS, TANGLED } from '../fixtures/tangled-graph.ts';

const PLANNED = 'marquee_planning_seconds_count{service="gateway",outcome="planned"';
const TIMEOUTS = 'marquee_planning_seconds_count{service="gateway",outcome="timeout"';

let movies: RunningSubgraph;
let scores: RunningSubgraph;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
});
after(() => Promise.all([movies?.stop(), scores?.stop()]));

async function metric(url: string, sample: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  return Number(
    lines
      .find((line) => line.startsWith(sample))
      ?.split(' ')
      .at(-1) ?? 0,
  );
}

/** Subgraphs that share an entity. */
const PARTS: Record<string, GraphPart> = Object.fromEntries(
  Array.from({ length: 2 }, (_, index) => [
    `s${index}`,
    {
      schema: `type Query { node: Node @shareable }
        type Node @key(fields: "id") @shareable { id: ID! v: Int own0: Int }`,
      answer: () => ({ data: { node: { __typename: 'Node', id: '1', v: 1, own0: 0 } } }),
    },
  ]),
);

test('an operation that exceeds the planning timeout delays no other, and is not planned again at once', async (t) => {
  const graph = await startGraph(TANGLED, { PLANNING_TIMEOUT_MS: '3000' });
  t.after(() => graph.stop());
  assert.deepEqual(await graph.query('{ node { id } }'), { data: { node: { id: '1' } } });

  let slow = true;
  const refused = graph.query(ENDLESS).finally(() => (slow = false));
  let answered = 0;
  while (slow) {
    assert.deepEqual(await graph.query('{ node { id } }'), { data: { node: { id: '1' } } });
    assert.equal((await fetch(`${graph.url}/healthz`)).status, 200);
    if (slow) answered += 1;
    await sleep(20);
  }
  assert.ok(answered >= 5, `${answered} others were answered meanwhile`);
  const { errors = [] } = await refused;
  assert.equal(errors[0]?.extensions.code, 'PLANNING_TIMEOUT');
  assert.match(errors[0]?.message ?? '', /takes more than 3000 ms: request less/);
  assert.equal(await metric(graph.url, TIMEOUTS), 1);

  const again = await graph.query(`query ${ENDLESS}`);
  assert.equal(again.errors?.[0]?.extensions.code, 'PLANNING_TIMEOUT');
  assert.equal(await metric(graph.url, TIMEOUTS), 1, 'it was not planned again');
  await until(async () => (await graph.query('{ node { ... on T0 { v0 } } }')).errors === undefined);
});

test('equivalent operations are planned once', async (t) => {
  const graph = await startGraph(PARTS);
  t.after(() => graph.stop());
  const texts = [
    '{ node { v own0 } }',
    '{\n  # the same\n  node { v, own0 }\n}',
    '{ ...A } fragment A on Query { node { ...B } } fragment B on Node { v own0 }',
    '{ node { ...V ... on Node { own0 } } } fragment V on Node { v }',
    '{ node { v } node { own0 v } }',
  ];
  for (const text of texts) {
    assert.deepEqual(await graph.query(text), { data: { node: { v: 1, own0: 0 } } }, text);
  }
  assert.equal(await metric(graph.url, PLANNED), 1);
  assert.equal(await metric(graph.url, 'marquee_operation_cache_misses_total'), 1);
  assert.equal(await metric(graph.url, 'marquee_operation_cache_hits_total'), texts.length - 1);
});

test('cached operations count with their grown size, and old ones are evicted', async (t) => {
  const graph = await startGraph(PARTS, { OPERATION_CACHE_MIB: '1' });
  t.after(() => graph.stop());
  for (let index = 0; index < 300; index++) await graph.query(`{ node { once${index}: v own0 } }`);
  assert.ok((await metric(graph.url, 'marquee_operation_cache_evictions_total')) > 0);
  assert.ok((await metric(graph.url, 'marquee_operation_cache_bytes')) <= 2 ** 20);
});

test('concurrent equal operations are planned once', async (t) => {
  const graph = await startGraph(PARTS, { IN_FLIGHT_DEDUPLICATION: 'false' });
  t.after(() => graph.stop());
  const answers = await Promise.all(Array.from({ length: 10 }, () => graph.query('{ node { v } }')));
  for (const answer of answers) assert.deepEqual(answer, { data: { node: { v: 1 } } });
  assert.equal(await metric(graph.url, PLANNED), 1);
});

test('cached operations are planned on another supergraph before it is served', async (t) => {
  const supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  const gateway = await startGateway(supergraph.file);
  t.after(async () => {
    await gateway.stop();
    supergraph.remove();
  });
  const operations = [
    '{ best { title score } }',
    '{ movie(id: "550") { title } }',
    'query($a: Boolean = true) { best { title @include(if: $a) } }',
  ];
  const answers = new Map<string, unknown>();
  for (const text of operations) answers.set(text, await gateway.query(text));
  assert.deepEqual(answers.get(operations[0] as string), { data: { best: { title: 'The Matrix', score: 8.2 } } });

  let running = true;
  const load = (async () => {
    for (let count = 0; ; count += 1) {
      if (!running) return count;
      const text = operations[count % operations.length] as string;
      assert.deepEqual(await gateway.query(text), answers.get(text));
    }
  })();
  for (const round of [1, 2, 3]) {
    const before = await gateway.metric(PLANNED);
    writeFileSync(supergraph.file, supergraphOf(movies.url, scores.url, round % 2 === 1 ? 'year: Int' : undefined));
    await until(async () => (await gateway.metric('marquee_supergraph_reloads_total{outcome="loaded"')) === round);
    const planned = await gateway.metric(PLANNED);
    assert.equal(planned, before + operations.length, 'cached operations are planned in the background');
    for (const text of operations) assert.deepEqual(await gateway.query(text), answers.get(text));
    assert.equal(await gateway.metric(PLANNED), planned, 'and not by who asks for them');
  }
  running = false;
  assert.ok((await load) > 5);
});

test('operations with incremental delivery are planned so before another supergraph is served', async (t) => {
  const supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  const gateway = await startGateway(supergraph.file);
  t.after(async () => {
    await gateway.stop();
    supergraph.remove();
  });
  const inParts = async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' },
      body: JSON.stringify({ query: '{ best { title ... @defer { score } } }' }),
    });
    return response.text();
  };
  const answer = await inParts();
  assert.match(answer, /"incremental":\[\{"data":\{"score":8\.2\}/);
  const before = await gateway.metric(PLANNED);
  writeFileSync(supergraph.file, supergraphOf(movies.url, scores.url, 'year: Int'));
  await until(async () => (await gateway.metric('marquee_supergraph_reloads_total{outcome="loaded"')) === 1);
  assert.equal(await gateway.metric(PLANNED), before + 1, 'only the requested plan is made');
  assert.equal(await inParts(), answer);
  assert.equal(await gateway.metric(PLANNED), before + 1);
});

test('cached operations are executed while the queue of new ones is full', async (t) => {
  const graph = await startGraph(PARTS, { PLANNING_MAX_WAITING: '3' });
  t.after(() => graph.stop());
  const known = '{ node { v own0 } }';
  assert.deepEqual(await graph.query(known), { data: { node: { v: 1, own0: 0 } } });
  const aliases = Array.from({ length: 28 }, (_, index) => `a${index}: node { v own0 id }`).join(' ');
  const codes = new Set<unknown>();
  await Promise.all(
    Array.from({ length: 40 }, async (_, client) => {
      for (let round = 0; round < 3; round += 1) {
        const { errors } = await graph.query(`{ new${client}_${round}: __typename ${aliases} }`);
        codes.add(errors?.[0]?.extensions.code);
        assert.deepEqual(await graph.query(known), { data: { node: { v: 1, own0: 0 } } });
      }
    }),
  );
  assert.deepEqual(codes, new Set([undefined, 'PLANNER_BUSY']));
  assert.ok((await metric(graph.url, 'marquee_plannings_turned_away_total')) > 0);
  assert.equal(await metric(graph.url, 'marquee_plannings_waiting'), 0);
});
