import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { attributesOf, startOtlpCollector } from '@marquee/local-services/otlp-collector';
import { z } from 'zod';
import { loadConfig } from '../src/config.ts';
import { createContext } from '../src/process.ts';
import { createTracing } from '../src/tracing.ts';
import { tracingFields } from '../src/tracing-config.ts';

const TRACE = 'a'.repeat(32);
const PARENT = `00-${TRACE}-${'b'.repeat(16)}-01`;

type Environment = Readonly<Record<string, string>>;

const configOf = (env: Environment) => loadConfig(z.object(tracingFields), env);

/** Returns the tracing of a process with these variables, which the SDK reads from its own environment. */
async function tracingWith(t: TestContext, env: Environment) {
  Object.assign(process.env, env);
  t.after(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  });
  const ctx = createContext('test', 'silent');
  return { tracing: await createTracing(ctx, configOf(env)), stop: () => ctx.stop() };
}

async function collect(t: TestContext) {
  const collector = await startOtlpCollector();
  t.after(() => collector.stop());
  return collector;
}

test('without a collector a trace passes through, and what is none does not', async (t) => {
  const off: Environment[] = [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' },
    { OTEL_SERVICE_NAME: 'x', OTEL_PROPAGATORS: 'b3' },
  ];
  for (const env of off) {
    const { tracing, stop } = await tracingWith(t, env);
    const trace = tracing.begin({ traceparent: PARENT, tracestate: 'a=1' }, 'request');
    assert.equal(trace?.id, TRACE);
    const headers = { traceparent: PARENT, tracestate: 'a=1' };
    assert.deepEqual(trace?.begin('part').headers, headers);
    assert.deepEqual(tracing.beginFromRecord(headers, 'process')?.recordHeaders, headers);
    const bad = [
      undefined,
      '',
      TRACE,
      `ff${PARENT.slice(2)}`,
      `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
      `${PARENT}x`,
    ];
    for (const traceparent of bad) {
      assert.equal(tracing.begin(traceparent === undefined ? {} : { traceparent }, 'request'), undefined, traceparent);
    }
    await stop();
  }
});

test('with a collector, requests continue their trace or begin one, by the sampler', async (t) => {
  const collector = await collect(t);
  const { tracing, stop } = await tracingWith(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  });
  const continued = tracing.begin({ traceparent: PARENT, baggage: 'user=1' }, 'continued');
  assert.equal(continued?.id, TRACE);
  assert.deepEqual(Object.keys(continued?.headers ?? {}), ['traceparent'], 'baggage of clients goes nowhere');
  assert.match(continued?.headers.traceparent ?? '', new RegExp(`^00-${TRACE}-(?!b{16})[0-9a-f]{16}-01$`));
  continued?.begin('part', { kind: 'client', attributes: { some: true, count: 3 } }).end({ error: 'SOME' });
  continued?.end();
  const unsampled = tracing.begin({}, 'unsampled');
  assert.equal(unsampled?.isRecorded, false);
  assert.match(unsampled?.headers.traceparent ?? '', /-00$/);
  unsampled?.end();
  await stop();
  const [part, request, ...others] = collector.spans;
  assert.deepEqual(others, []);
  assert.deepEqual([request?.name, request?.parentSpanId, request?.kind], ['continued', 'b'.repeat(16), 2]);
  assert.deepEqual([part?.parentSpanId, part?.status.code], [request?.spanId, 2]);
  assert.deepEqual(part && attributesOf(part), { some: true, count: 3, 'error.type': 'SOME' });
  assert.equal(part?.service, 'marquee-test');
  assert.deepEqual(
    Object.keys(part?.resource ?? {}).toSorted(),
    ['service.instance.id', 'service.name', 'telemetry.sdk.language', 'telemetry.sdk.name', 'telemetry.sdk.version'],
    'no command line, which may hold secrets',
  );
});

for (const [protocol, type] of [
  ['http/json', 'application/json'],
  ['http/protobuf', 'application/x-protobuf'],
  [undefined, 'application/x-protobuf'],
] as const) {
  test(`spans are sent by ${protocol ?? 'the default protocol'}, with headers and resource of the environment`, async (t) => {
    const collector = await collect(t);
    const { tracing, stop } = await tracingWith(t, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/some/path`,
      ...(protocol && { OTEL_EXPORTER_OTLP_PROTOCOL: protocol }),
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret,x-tenant=movies',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored,service.version=1.2.3,deployment.environment.name=a%20test',
      OTEL_SERVICE_NAME: 'movies-gateway',
    });
    const root = tracing.begin({}, 'root', { kind: 'internal' });
    root?.begin('child').end();
    root?.end();
    await stop();
    const [sent, ...others] = collector.exports;
    assert.deepEqual(others, []);
    assert.equal(sent?.path, '/some/path');
    const { 'content-type': contentType, authorization, 'x-tenant': tenant } = sent?.headers ?? {};
    assert.deepEqual([contentType, authorization, tenant], [type, 'Bearer secret', 'movies']);
    const [child, parent] = collector.spans;
    assert.equal(parent?.parentSpanId, undefined);
    assert.deepEqual([child?.traceId, child?.parentSpanId], [parent?.traceId, parent?.spanId]);
    assert.match(parent?.spanId ?? '', /^[0-9a-f]{16}$/);
    const { resource } = parent ?? {};
    assert.equal(resource?.['service.name'], 'movies-gateway');
    assert.equal(resource?.['service.version'], '1.2.3');
    assert.equal(resource?.['deployment.environment.name'], 'a test');
  });
}

test('the configured propagators apply to requests, and records have the trace context alone', async (t) => {
  const collector = await collect(t);
  const { tracing, stop } = await tracingWith(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_PROPAGATORS: 'b3, baggage',
  });
  const trace = tracing.begin(
    { b3: `${TRACE}-${'b'.repeat(16)}-1`, baggage: 'user=1', traceparent: PARENT.replaceAll('a', 'c') },
    'request',
  );
  assert.equal(trace?.id, TRACE);
  const { b3, ...rest } = trace?.begin('part').headers ?? {};
  assert.match(b3 ?? '', new RegExp(`^${TRACE}-[0-9a-f]{16}-1$`));
  assert.deepEqual(rest, { baggage: 'user=1' });
  assert.deepEqual(Object.keys(trace?.recordHeaders ?? {}), ['traceparent']);
  const processed = tracing.beginFromRecord({ ...trace?.recordHeaders }, 'process');
  assert.equal(processed?.id, TRACE);
  await stop();
});

test('a ratio samples a part of the traces that begin here', async (t) => {
  const collector = await collect(t);
  const { tracing, stop } = await tracingWith(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  });
  const traces = Array.from({ length: 400 }, () => tracing.begin({}, 'request'));
  const recorded = traces.filter((trace) => trace?.isRecorded).length;
  // Less likely than one in 10^9 elsewhere.
  assert.ok(recorded > 45 && recorded < 160, `${recorded} of 400`);
  await stop();
});

test('headers of a file reach the exporter', async (t) => {
  const collector = await collect(t);
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  t.after(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  });
  const ctx = createContext('test', 'silent');
  const config = { ...configOf({ ...process.env } as Environment), OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-a-file' };
  const tracing = await createTracing(ctx, config);
  tracing.begin({}, 'request')?.end();
  await ctx.stop();
  assert.equal(collector.exports[0]?.headers['x-key'], 'of-a-file');
});

test('mistakes are reported with their variables', () => {
  const mistakes: Environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://collector:4317',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_HEADERS: 'Bearer secret',
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_RESOURCE_ATTRIBUTES: 'a=%zz',
    OTEL_PROPAGATORS: 'tracecontext,jaeger',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_TRACES_SAMPLER_ARG: '2',
    OTEL_SDK_DISABLED: 'yes',
    OTEL_CONFIG_FILE: 'otel.yaml',
  };
  assert.throws(
    () => configOf(mistakes),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'INVALID_CONFIG');
      for (const name of Object.keys(mistakes)) assert.match(error.message, new RegExp(`^ {2}${name}: `, 'm'));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    },
  );
  assert.ok(configOf({ OTEL_EXPORTER_OTLP_HEADERS: 'api-key=YWJj==,', OTEL_TRACES_SAMPLER_ARG: '0.1' }));
});
