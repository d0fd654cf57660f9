import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EventLog, LogRecord } from '@marquee/event-log/event-log';
import { attributesOf, startOtlpCollector } from '@marquee/local-services/otlp-collector';
import { createContext } from '@marquee/runtime/process';
import { createTracing } from '@marquee/runtime/tracing';
import { beginProcess } from '../src/process-trace.ts';

const traceId = (letter: string) => letter.repeat(32);
const parent = (letter: string) => letter.repeat(16);

function recordAt(offset: bigint, headers: Record<string, string>): LogRecord {
  const rest = { topic: 'movies', partition: 3, key: Buffer.from('603'), value: null, timestamp: new Date() };
  return { ...rest, offset, headers };
}

const traced = (offset: bigint, letter: string, flags = '01') =>
  recordAt(offset, { traceparent: `00-${traceId(letter)}-${parent(letter)}-${flags}` });

it("continues the trace of one record, links to several records' and leaves the others alone", async (t) => {
  const collector = await startOtlpCollector();
  t.after(() => collector.stop());
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  t.after(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const ctx = createContext('test', 'silent');
  const tracing = await createTracing(ctx, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const context = { tracing, eventLog: { system: 'kafka' } as EventLog, group: 'marquee.movies' };

  assert.equal(beginProcess(context, [recordAt(1n, {}), traced(2n, 'f', '00')]), undefined);
  assert.equal(beginProcess({ ...context, tracing: undefined }, [traced(2n, 'a')]), undefined);

  const single = beginProcess(context, [recordAt(1n, {}), traced(2n, 'a')]);
  assert.equal(single?.trace.id, traceId('a'));
  single?.end('40001');
  const batch = beginProcess(context, [traced(3n, 'b'), traced(4n, 'c'), recordAt(5n, {})]);
  assert.ok(batch && ![traceId('b'), traceId('c')].includes(batch.trace.id));
  batch.end();
  await ctx.stop();

  const [failed] = collector.of(traceId('a'));
  assert.deepEqual([failed?.parentSpanId, failed?.kind, failed?.status.code], [parent('a'), 5, 2]);
  const [own] = collector.of(batch.trace.id);
  assert.equal(own && attributesOf(own)['messaging.batch.message_count'], 3);
  for (const [letter, offset] of [
    ['b', 3],
    ['c', 4],
  ] as const) {
    const [span] = collector.of(traceId(letter));
    assert.ok(span);
    assert.equal(span.parentSpanId, parent(letter));
    assert.equal(attributesOf(span)['messaging.kafka.offset'], offset);
    assert.deepEqual(
      span.links?.map((link) => link.spanId),
      [own?.spanId],
    );
    assert.ok(own?.links?.some((link) => link.spanId === span.spanId));
  }
});
