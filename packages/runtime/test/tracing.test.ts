import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createContext } from '../src/process.ts';
import { createTracing } from '../src/tracing.ts';

const TRACE = 'a'.repeat(32);
const PARENT = `00-${TRACE}-${'b'.repeat(16)}-01`;

test('without a collector a trace passes through, and what is none does not', async () => {
  const ctx = createContext('test', 'silent');
  for (const env of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }]) {
    const tracing = await createTracing(ctx, env);
    const trace = tracing.begin({ traceparent: PARENT, tracestate: 'a=1' }, 'request');
    assert.equal(trace?.id, TRACE);
    assert.deepEqual(trace?.begin('part').headers, { traceparent: PARENT, tracestate: 'a=1' });
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
  }
  await ctx.stop();
});

test('with a collector, requests continue the trace they came with, or begin one, as the sampler has it', async (t) => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString());
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
  t.after(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const ctx = createContext('test', 'silent');
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER: 'parentbased_always_off' };
  const tracing = await createTracing(ctx, env);
  const continued = tracing.begin({ traceparent: PARENT }, 'continued');
  assert.equal(continued?.id, TRACE);
  assert.match(continued?.headers.traceparent ?? '', new RegExp(`^00-${TRACE}-(?!b{16})[0-9a-f]{16}-01$`));
  continued?.end();
  const unsampled = tracing.begin({}, 'unsampled');
  assert.equal(unsampled?.isRecorded, false);
  assert.match(unsampled?.headers.traceparent ?? '', /-00$/);
  unsampled?.end();
  await ctx.stop();
  const sent = bodies.join('');
  assert.match(sent, /"name":"continued"/);
  assert.match(sent, /marquee-test/);
  assert.doesNotMatch(sent, /"name":"unsampled"/);
  await assert.rejects(createTracing(createContext('test', 'silent'), { ...env, OTEL_TRACES_SAMPLER: 'x' }), {
    code: 'INVALID_CONFIG',
  });
});
