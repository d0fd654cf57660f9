import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { runGateway, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { startRecordingSubgraph } from '../fixtures/recording-subgraph.ts';

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly links?: { readonly spanId: string }[];
  readonly status: { readonly code?: number };
}

interface Export {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: { readonly spans: SentSpan[] }[];
  }[];
}

/** Receives traces in OTLP's JSON. */
async function startCollector() {
  const exports: Export[] = [];
  const server = createServer(async (request, response) => {
    assert.equal(request.url, '/v1/traces');
    exports.push(JSON.parse(Buffer.concat(await request.toArray()).toString()) as Export);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      exports.flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    services: () =>
      exports.flatMap(({ resourceSpans }) =>
        resourceSpans.map(({ resource }) => attributeOf(resource, 'service.name')),
      ),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const attributeOf = ({ attributes }: Pick<SentSpan, 'attributes'>, name: string) =>
  attributes.find(({ key }) => key === name)?.value.stringValue;

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
  const collector = await startCollector();
  t.after(() => collector.stop());
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

  const spans = collector.spans();
  assert.ok(spans.every((span) => span.traceId === traceId));
  const servers = spans.filter(({ kind }) => kind === 2);
  assert.deepEqual(
    servers.map((span) => [span.name, span.parentSpanId, attributeOf(span, 'graphql.operation.name')]),
    Array.from({ length: 2 }, () => ['query', 'b'.repeat(16), 'Counting']),
  );
  const [fetched, ...others] = spans.filter(({ kind }) => kind === 3);
  assert.deepEqual(others, []);
  assert.equal(fetched?.name, 'counting');
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
  assert.deepEqual([...new Set(collector.services())], ['movies-gateway']);
  assert.doesNotMatch(JSON.stringify(spans), /\{ count \}/, 'texts may hold what is personal');
});

test('log lines of a failure have its trace id', async (t) => {
  const collector = await startCollector();
  t.after(() => collector.stop());
  const gateway = await startGateway(supergraph.file, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    SUBGRAPH_URLS: 'counting=http://127.0.0.1:1/graphql',
  });
  await gateway.query('{ count }');
  assert.equal(await gateway.stop(), 0);
  const [server] = collector.spans().filter(({ kind }) => kind === 2);
  const [fetched] = collector.spans().filter(({ kind }) => kind === 3);
  assert.equal(fetched?.status.code, 2);
  assert.equal(attributeOf(fetched as SentSpan, 'error.type'), 'SUBGRAPH_UNAVAILABLE');
  const line = gateway.log().find(({ msg }) => msg === 'a request to a subgraph failed');
  assert.equal((line as { trace_id?: string } | undefined)?.trace_id, server?.traceId);
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
  const collector = await startCollector();
  t.after(() => collector.stop());
  const gateway = await startGateway(supergraph.file, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    PLANNER_IDLE_MS: '1',
  });
  // The planner's thread may have ended and start again.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.deepEqual(Object.keys((await gateway.query('query New { count }')) as object), ['data']);
  assert.equal(await gateway.metric('marquee_planning_seconds_count{service="gateway",outcome="started"'), 2);
  assert.equal(await gateway.stop(), 0);
  const spans = collector.spans();
  const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
  const parentOf = (name: string) => spans.find((span) => span.name === name)?.parentSpanId;
  assert.ok(idOf('graphql.plan'));
  assert.equal(parentOf('graphql.plan'), idOf('query'));
  assert.equal(parentOf('graphql.planner.start'), idOf('graphql.plan'));
});
