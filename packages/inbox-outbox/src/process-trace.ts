import type { EventLog, LogRecord } from '@marquee/event-log/event-log';
import { processSpan } from '@marquee/event-log/record-traces';
import type { Trace, Tracing } from '@marquee/runtime/tracing';

/** The spans of a transaction that processes records. */
export interface ProcessTrace {
  /** The trace of the transaction's statements, and of the changes that it writes into the outbox. */
  readonly trace: Trace;
  end(error?: string): void;
}

/**
 * Starts the span of each record whose producer's trace is recorded. The transaction belongs to the trace of its only such record. That of
 * several has a trace of its own; it and the spans of the records link to each other, as OpenTelemetry has it for batches.
 *
 * @returns undefined when no record is traced
 */
export function beginProcess(
  {
    tracing,
    eventLog,
    group,
  }: { readonly tracing: Tracing | undefined; readonly eventLog: EventLog; readonly group: string },
  records: readonly LogRecord[],
): ProcessTrace | undefined {
  if (tracing === undefined) return undefined;
  const spans = records.flatMap((record) => {
    if (record.headers.traceparent === undefined) return [];
    const span = tracing.beginFromRecord(record.headers, ...processSpan(eventLog, record, group));
    return span?.isRecorded ? [span] : [];
  });
  const [first, ...others] = spans;
  const [record] = records;
  if (first === undefined || record === undefined) return undefined;
  if (others.length === 0) return { trace: first, end: (error) => first.end({ error }) };
  const { topic, partition } = record;
  const ofPartition = records.every((each) => each.partition === partition) ? { partition } : {};
  const [name, options] = processSpan(eventLog, { topic, key: null, ...ofPartition }, group);
  const attributes = { ...options.attributes, 'messaging.batch.message_count': records.length };
  const batch = tracing.begin({}, name, { ...options, attributes }) ?? first;
  for (const span of spans) {
    batch.link(span);
    span.link(batch);
  }
  return {
    trace: batch,
    end(error) {
      for (const span of [...spans, batch]) span.end({ error });
    },
  };
}
