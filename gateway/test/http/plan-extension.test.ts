import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FetchDescription, PlanDescription, PlanNodeDescription } from '../../src/execution/describe-plan.ts';
import { PEOPLE_MS, PLANNED_GRAPH } from '../fixtures/planned-graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
  readonly extensions?: { readonly queryPlan?: PlanDescription; readonly valueCompletion?: unknown };
}

const TRACE = 'c'.repeat(32);
const INCREMENTAL = 'multipart/mixed;deferSpec=20220824, application/json';

let graph: ServedGraph;
before(async () => {
  graph = await startGraph(PLANNED_GRAPH);
});
after(() => graph?.stop());

async function send(url: string, query: string, headers: Record<string, string> = {}, variables: object = {}) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
}

async function ask(query: string, variables: object = {}): Promise<Answer> {
  return (await (await send(graph.url, query, { 'marquee-query-plan': '1' }, variables)).json()) as Answer;
}

async function planOf(query: string, variables: object = {}): Promise<PlanDescription> {
  const { extensions, errors } = await ask(query, variables);
  assert.equal(errors, undefined);
  assert.ok(extensions?.queryPlan, 'the answer has a plan');
  return extensions.queryPlan;
}

/** Writes the shape of a plan. */
function shapeOf(node: PlanNodeDescription | null): unknown {
  switch (node?.kind) {
    case 'Fetch':
      return [node.subgraph, ...node.path].join(' ');
    case 'Sequence':
    case 'Parallel':
      return { [node.kind]: node.nodes.map(shapeOf) };
    case 'Defer':
      return {
        primary: shapeOf(node.primary),
        deferred: node.deferred.map(({ label, path, depends, node }) => ({
          label,
          path,
          depends,
          node: shapeOf(node),
        })),
      };
    case 'Condition':
      return { if: node.variable, yes: shapeOf(node.ifClause), no: shapeOf(node.elseClause) };
    default:
      return null;
  }
}

function fetchesOf(node: PlanNodeDescription | null): FetchDescription[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesOf);
    case 'Defer':
      return [node.primary, ...node.deferred.map((block) => block.node)].flatMap(fetchesOf);
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap(fetchesOf);
    default:
      return [];
  }
}

test('the plan has sequences and parallel fetches, with the times, entities and sizes of this run', async () => {
  const plan = await planOf('query Movies { movies { title score directors { name } } }');
  assert.equal(plan.fetches, 4);
  assert.equal(plan.omittedFetches, 0);
  assert.deepEqual(shapeOf(plan.node), {
    Sequence: [
      'movies',
      { Parallel: [{ Sequence: ['people movies @', 'names movies @ directors @'] }, 'scores movies @'] },
    ],
  });
  const [movies, people, names, scores] = fetchesOf(plan.node);
  assert.deepEqual(
    [movies, people, names, scores].map((fetch) => [
      fetch?.id,
      fetch?.types,
      fetch?.run?.entities,
      fetch?.run?.requests,
    ]),
    [
      [1, [], null, 1],
      // The list has one of its two movies twice.
      [2, ['Movie'], 2, 1],
      [3, ['Person'], 3, 1],
      [4, ['Movie'], 2, 1],
    ],
  );
  const root = graph.requests.find(({ query }) => query.startsWith('query Movies__movies'));
  assert.match(movies?.document ?? '', /^query Movies__movies__0/);
  assert.ok(root);
  // Sizes are bytes: the titles have characters of several.
  const answered = {
    data: { movies: ['1', '2', '1'].map((id) => ({ title: `movie ${id} – “été”`, __typename: 'Movie', id })) },
  };
  assert.equal(movies?.run?.responseBytes, Buffer.byteLength(JSON.stringify(answered)));
  assert.ok((movies?.run?.requestBytes ?? 0) >= root.query.length);
  assert.ok((people?.run?.requestMs ?? 0) >= PEOPLE_MS - 1);
  assert.ok((people?.run?.durationMs ?? 0) >= (people?.run?.requestMs ?? 0));
  const end = (people?.run?.startMs ?? 0) + (people?.run?.durationMs ?? 0);
  assert.ok((names?.run?.startMs ?? 0) >= end - 0.02, 'a fetch begins after those before it in its sequence');
  assert.ok((scores?.run?.startMs ?? end) < end, 'parallel fetches overlap');
  assert.ok(plan.executionMs >= end);
  assert.ok(plan.preparationMs > 0);
});

test('an equal fetch joins the request of another', async () => {
  const plan = await planOf('{ one: movie(id: "1") { score } two: movie(id: "2") { score } }');
  const joined = fetchesOf(plan.node).filter(({ subgraph }) => subgraph === 'scores');
  assert.deepEqual(
    joined.map(({ path, run }) => [path, run?.entities, run?.requests, run?.joinedFetch]),
    [
      [['one'], 1, 1, null],
      [['two'], 1, 0, joined[0]?.id],
    ],
  );
});

test('the fetches of a mutation are in their order', async () => {
  const plan = await planOf(
    'mutation { first: rename(id: "1", title: "a") { score } hire(name: "x") { name } last: rename(id: "2", title: "b") { title } }',
  );
  const fetches = fetchesOf(plan.node);
  assert.deepEqual(
    fetches.map(({ subgraph, operation }) => `${subgraph} ${operation}`),
    ['movies mutation', 'scores query', 'people mutation', 'names query', 'movies mutation'],
  );
  assert.ok(fetches.every(({ run }) => run !== null && run.durationMs !== null));
});

test('a condition decides which fetches the plan has', async () => {
  const query =
    'query ($on: Boolean!) { movie(id: "1") { title ... @include(if: $on) { score } sequel @skip(if: $on) { directors { id } } } }';
  assert.deepEqual(shapeOf((await planOf(query, { on: true })).node), { Sequence: ['movies', 'scores movie'] });
  assert.deepEqual(shapeOf((await planOf(query, { on: false })).node), { Sequence: ['movies', 'people movie sequel'] });
});

test('paths have the client’s aliases', async () => {
  const plan = await planOf('{ film: movie(id: "1") { next: sequel { score } } }');
  assert.deepEqual(shapeOf(plan.node), { Sequence: ['movies', 'scores film next'] });
});

test('deferred parts come with the last part, which alone has the plan', async () => {
  const query = '{ movie(id: "1") { title ... @defer(label: "credits") { directors { name } } ... @defer { score } } }';
  const response = await send(graph.url, query, { 'marquee-query-plan': '1', accept: INCREMENTAL });
  const parts = (await response.text())
    .split('\r\n---')
    .flatMap((part) => part.split('\r\n\r\n').slice(1))
    .map((text) => JSON.parse(text) as Answer & { readonly hasNext: boolean });
  assert.ok(parts.length >= 2);
  for (const { hasNext, extensions } of parts) assert.equal(extensions?.queryPlan !== undefined, !hasNext);
  const plan = parts.at(-1)?.extensions?.queryPlan;
  assert.deepEqual(shapeOf(plan?.node ?? null), {
    primary: 'movies',
    deferred: [
      { label: null, path: ['movie'], depends: [1], node: 'scores movie' },
      {
        label: 'credits',
        path: ['movie'],
        depends: [1],
        node: { Sequence: ['people movie', 'names movie directors @'] },
      },
    ],
  });
  assert.ok(fetchesOf(plan?.node ?? null).every(({ run }) => run !== null && run.durationMs !== null));
  assert.ok((plan?.executionMs ?? 0) >= PEOPLE_MS - 1);

  // Without incremental delivery the same operation has one answer, with the plan of one result.
  assert.equal(fetchesOf((await planOf(query)).node).length, 4);
});

test('errors of subgraphs are counted, and the answer keeps its errors', async () => {
  const { errors, extensions } = await ask('{ movie(id: "1") { broken } }');
  assert.equal(errors?.length, 1);
  const [, scores] = fetchesOf(extensions?.queryPlan?.node ?? null);
  assert.equal(scores?.run?.errors, 1);
  assert.equal(scores?.run?.errorCode, null);
});

test('an operation without fetches has a plan without nodes', async () => {
  const plan = await planOf('{ __typename }');
  assert.deepEqual([plan.fetches, plan.node], [0, null]);
});

test('equal requests with a plan each have a run of their own', async () => {
  const before = graph.requests.length;
  const plans = await Promise.all([1, 2].map(() => planOf('{ movies { directors { id } } }')));
  assert.ok(plans.every(({ node }) => fetchesOf(node).every(({ run }) => run !== null)));
  assert.ok(graph.requests.length > before);
});

test('the description of a large plan is bounded', async () => {
  const aliases = Array.from(
    { length: 130 },
    (_, index) => `m${index}: rename(id: "${index}", title: "${'t'.repeat(900)}") { title }`,
  );
  const many = await startGraph(PLANNED_GRAPH, {
    MAX_ALIASES: '1000',
    MAX_REPEATS: '1000',
    MAX_COST: '1000000',
    MAX_TOKENS: '100000',
  });
  try {
    // The planner fetches all root fields of one subgraph at once: those of two take turns.
    const turns = aliases.map((text, index) => `${text} h${index}: hire(name: "x") { id }`);
    const response = await send(many.url, `mutation { ${turns.join(' ')} }`, { 'marquee-query-plan': '1' });
    const { extensions, errors } = (await response.json()) as Answer;
    assert.equal(errors, undefined);
    const plan = extensions?.queryPlan;
    assert.equal(plan?.fetches, 260);
    assert.equal(plan.omittedFetches, 160);
    const fetches = fetchesOf(plan.node);
    assert.equal(fetches.length, 100);
    assert.ok(fetches.reduce((sum, { document }) => sum + document.length, 0) <= 64_000);
    assert.ok(JSON.stringify(plan).length < 200_000);
  } finally {
    await many.stop();
  }
});

test('the trace id is in the plan and in a header, of errors too', async () => {
  const headers = { 'marquee-query-plan': '1', traceparent: `00-${TRACE}-${'d'.repeat(16)}-01` };
  const response = await send(graph.url, '{ movies { id } }', headers);
  assert.equal(response.headers.get('marquee-trace-id'), TRACE);
  assert.equal(((await response.json()) as Answer).extensions?.queryPlan?.traceId, TRACE);
  const rejected = await send(graph.url, '{ nothing }', headers);
  assert.equal(rejected.headers.get('marquee-trace-id'), TRACE);
  assert.equal(((await rejected.json()) as Answer).extensions?.queryPlan, undefined);
});

test('the plan is given only on request, and never without the IDE', async () => {
  const query = '{ movies { score } }';
  const headers = { 'marquee-query-plan': '1', traceparent: `00-${TRACE}-${'d'.repeat(16)}-01` };
  const unasked = await send(graph.url, query, { traceparent: headers.traceparent });
  assert.equal(unasked.headers.get('marquee-trace-id'), null);
  assert.equal(((await unasked.json()) as Answer).extensions, undefined);
  for (const env of [{ NODE_ENV: 'production' }, { GRAPHQL_IDE: 'off' }]) {
    const hidden = await startGraph(PLANNED_GRAPH, env as Record<string, string>);
    try {
      const plain = await send(hidden.url, query);
      const response = await send(hidden.url, query, headers);
      assert.equal(response.headers.get('marquee-trace-id'), null);
      assert.equal(await response.text(), await plain.text());
      const deferring = '{ movies { id ... @defer { score } } }';
      const text = await (await send(hidden.url, deferring, { ...headers, accept: INCREMENTAL })).text();
      assert.match(text, /"hasNext":false\}/);
      assert.doesNotMatch(text, /queryPlan/);
    } finally {
      await hidden.stop();
    }
  }
});
