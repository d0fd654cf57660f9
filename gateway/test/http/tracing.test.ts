import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { attributesOf, type Span, startOtlpCollector } from '@marquee/local-services/otlp-collector';
import { runGateway, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { startRecordingSubgraph } from '../fixtures/recording-subgraph.ts';

const attributeOf = (span: Span, name: string) => attributesOf(span)[name];

async function startCollector(t: TestContext) {
  const collector = await startOtlpCollector();
  t.after(() => collector.stop());
  return collector;
}

let subgraph: Awaited<ReturnType<typeof startRecordingSubgraph>>;
let supergraph: ReturnType<typeof temporarySupergraph>;

before(async () => {
  subgraph = await startRecordingSubgraph();
  supergraph = temporarySupergraph(subgraph.supergraph);
});
after(() => {
  subgraph?.stop();
  supergraph?.remove();
});

test("a client's trace is propagated to each subgraph, and exported before the process ends", async (t) => {
  const collector = await startCollector(t);
  const gateway = await startGateway(supergraph.file, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: 'movies-gateway',
  });
  const traceId = 'a'.repeat(32);
  const send = () =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
      body: '{"query":"query Counting { count }"}',
    }).then((response) => response.json());
  const before = subgraph.requests.length;
  const release = subgraph.hold();
  const pending = [send(), send()];
  setTimeout(release, 1_000);
  await Promise.all(pending);
  assert.equal(await gateway.stop(), 0);
  assert.equal(subgraph.requests.length, before + 1);

  const spans = collector.spans;
  assert.ok(spans.every((span) => span.traceId === traceId));
  const servers = spans.filter(({ kind }) => kind === 2);
  assert.deepEqual(
    servers.map((span) => [span.name, span.parentSpanId, attributeOf(span, 'graphql.operation.name')]),
    Array.from({ length: 2 }, () => ['query', 'b'.repeat(16), 'Counting']),
  );
  const [fetched, ...others] = spans.filter(({ kind }) => kind === 3);
  assert.deepEqual(others, []);
  assert.equal(fetched?.name, 'counting');
  const { 'server.port': port, ...attributes } = attributesOf(fetched as Span);
  assert.ok(Number(port) > 0);
  assert.deepEqual(attributes, {
    'server.address': '127.0.0.1',
    'marquee.subgraph': 'counting',
    'graphql.operation.type': 'query',
  });
  const asking = servers.find(({ spanId }) => spanId === fetched?.parentSpanId);
  assert.ok(asking);
  assert.equal(subgraph.requests.at(-1)?.headers.traceparent, `00-${traceId}-${fetched?.spanId}-01`);
  const sharing = servers.find(({ spanId }) => spanId !== asking.spanId);
  assert.deepEqual(
    sharing?.links?.map(({ spanId }) => spanId),
    [asking.spanId],
    'the request that did the work for it',
  );
  assert.equal(spans.filter(({ name }) => name === 'graphql.prepare').length, 1);
  assert.deepEqual([...new Set(collector.spans.map(({ service }) => service))], ['movies-gateway']);
  assert.doesNotMatch(JSON.stringify(spans), /\{ count \}/, 'texts may hold what is personal');
});

test('log lines of a failure have its trace id', async (t) => {
  const collector = await startCollector(t);
  const gateway = await startGateway(supergraph.file, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    SUBGRAPH_URLS: 'counting=http://127.0.0.1:1/graphql',
  });
  await gateway.query('{ count }');
  assert.equal(await gateway.stop(), 0);
  const [server] = collector.spans.filter(({ kind }) => kind === 2);
  const [fetched] = collector.spans.filter(({ kind }) => kind === 3);
  assert.equal(fetched?.status.code, 2);
  assert.equal(attributeOf(fetched as Span, 'error.type'), 'SUBGRAPH_UNAVAILABLE');
  const line = gateway.log().find(({ msg }) => msg === 'a request to a subgraph failed');
  assert.equal((line as { trace_id?: string } | undefined)?.trace_id, server?.traceId);
});

test('the access log has operations, outcomes and trace ids, and is off by default', async () => {
  const traceId = 'd'.repeat(32);
  const send = (url: string, query: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
      body: JSON.stringify({ query }),
    }).then((response) => response.text());
  type Line = Record<string, unknown>;
  const linesOf = (gateway: { log(): object[] }) => gateway.log().filter((line) => (line as Line).msg === 'request');

  const off = await startGateway(supergraph.file);
  await send(off.url, '{ count }');
  assert.equal(await off.stop(), 0);
  assert.deepEqual(linesOf(off), []);

  const gateway = await startGateway(supergraph.file, { ACCESS_LOG: 'true' });
  await send(gateway.url, 'query Counting { count }');
  await send(gateway.url, '{ missing }');
  assert.equal(await gateway.stop(), 0);
  const lines = linesOf(gateway) as Line[];
  assert.deepEqual(
    lines.map((line) => [line.path, line.status, line.operation, line.operation_type, line.outcome, line.trace_id]),
    [
      ['/graphql', 200, 'Counting', 'query', 'ok', traceId],
      ['/graphql', 200, undefined, undefined, 'refused', traceId],
    ],
  );
  assert.ok(Number(lines[0]?.duration_ms) > 0);

  const failing = await startGateway(supergraph.file, {
    ACCESS_LOG: 'true',
    SUBGRAPH_URLS: 'counting=http://127.0.0.1:1/graphql',
  });
  await Promise.all([send(failing.url, '{ count }'), send(failing.url, '{ count }')]);
  const failed =
    'marquee_operation_seconds_count{service="gateway",operation="anonymous",type="query",outcome="failed"';
  assert.equal(await failing.metric(failed), 2, 'also for the request that shares the result');
  assert.equal(await failing.stop(), 0);
  assert.deepEqual(
    linesOf(failing).map((line) => (line as Line).outcome),
    ['failed', 'failed'],
  );
});

test('an unavailable collector delays nothing, and an invalid sampler is reported', async () => {
  const gateway = await startGateway(supergraph.file, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  assert.ok((await gateway.query('{ count }')).data);
  assert.equal(await gateway.stop(), 0);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_SAMPLER: 'sometimes' };
  const { code, text } = await runGateway(['--supergraph', supergraph.file, '--port', '0'], env);
  assert.equal(code, 2);
  assert.match(text, /OTEL_TRACES_SAMPLER: must be one of always_on/);
});

test("planning and the planner's start have spans", async (t) => {
  const collector = await startCollector(t);
  const gateway = await startGateway(supergraph.file, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    PLANNER_IDLE_MS: '1',
  });
  // The planner's thread may have ended and start again.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.deepEqual(Object.keys((await gateway.query('query New { count }')) as object), ['data']);
  assert.equal(await gateway.metric('marquee_planning_seconds_count{service="gateway",outcome="started"'), 2);
  assert.equal(await gateway.stop(), 0);
  const spans = collector.spans;
  const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
  const parentOf = (name: string) => spans.find((span) => span.name === name)?.parentSpanId;
  assert.ok(idOf('graphql.plan'));
  assert.equal(parentOf('graphql.plan'), idOf('query'));
  assert.equal(parentOf('graphql.planner.start'), idOf('graphql.plan'));
});
