import type { Attributes, Trace, TraceKind } from '@marquee/runtime/tracing';
import type { EventLog } from './event-log.ts';

/** A record as spans describe it. */
interface TracedRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly partition?: number;
  readonly offset?: bigint;
}

/** The name and the options of a span. */
export type RecordSpan = readonly [
  name: string,
  options: { readonly kind: TraceKind; readonly attributes: Attributes },
];

/** Describes the span of sending a record: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export function sendSpan(eventLog: EventLog, record: TracedRecord): RecordSpan {
  return recordSpan(eventLog, 'send', 'producer', record);
}

/** Describes the span of processing a record in a consumer group. */
export function processSpan(eventLog: EventLog, record: TracedRecord, group: string): RecordSpan {
  return recordSpan(eventLog, 'process', 'consumer', record, { 'messaging.consumer.group.name': group });
}

function recordSpan(
  { system }: EventLog,
  operation: 'send' | 'process',
  kind: TraceKind,
  { topic, key, partition, offset }: TracedRecord,
  more: Attributes = {},
): RecordSpan {
  const attributes = {
    'messaging.system': system,
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': partition?.toString(),
    'messaging.kafka.message.key': key?.toString(),
    'messaging.kafka.offset': offset === undefined ? undefined : Number(offset),
    ...more,
  };
  return [`${operation} ${topic}`, { kind, attributes }];
}

/** Returns a record whose headers continue a trace: `traceparent` and `tracestate` of https://www.w3.org/TR/trace-context/ */
export function withTraceHeaders<Traced extends { readonly headers: Record<string, string> }>(
  record: Traced,
  span: Trace | undefined,
): Traced {
  return span === undefined ? record : { ...record, headers: { ...record.headers, ...span.recordHeaders } };
}
