import { MarqueeError } from '@marquee/runtime/errors';
import type { Headers } from './cloud-event.ts';
import { consumedInvalidity, producedInvalidity } from './data.ts';
import { type Envelope, fromHeaders, isEntityId, toHeaders } from './envelope.ts';
import type { EventData, EventPart, ObservationTopic } from './generated/topics.ts';
import { parseJson } from './json.ts';
import { ID_FIELDS, type ObservedEntity } from './topic.ts';

/** One part of an entity as TMDb had it at one moment. */
export interface Observation<Part extends EventPart = EventPart> {
  /** Id of the entity; the key of the record. */
  readonly subject: string;
  /** Time of the request to TMDb. */
  readonly observedAt: Date;
  /** Base URL of the TMDb API. */
  readonly source: string;
  readonly data: EventData[Part];
}

interface EventOf<Part extends EventPart> {
  readonly topic: ObservationTopic<Part>['name'];
  /** CloudEvents `id`. */
  readonly id: string;
  /** CloudEvents `source`: base URL of the TMDb API. */
  readonly source: string;
  /** Id of the entity: CloudEvents `subject`. */
  readonly subject: string;
  /** Time of the request to TMDb. */
  readonly observedAt: Date;
}

/** An observation of one part of an entity; `topic` (or `type`) discriminates the data. */
export type ObservedEvent<Part extends EventPart = EventPart> = {
  [P in Part]: EventOf<P> & {
    readonly kind: 'observed';
    readonly type: ObservationTopic<P>['observedType'];
    readonly data: EventData[P];
  };
}[Part];

/** The deletion of an entity that TMDb no longer has. */
export type DeletedEvent<Part extends EventPart = EventPart> = {
  [P in Part]: EventOf<P> & { readonly kind: 'deleted'; readonly type: ObservationTopic<P>['deletedType'] };
}[Part];

/** The reason why a record is not a valid event; stable, for metrics and dead letters. */
export type DecodeFaultCode =
  | 'UNKNOWN_TOPIC'
  | 'UNKNOWN_TYPE'
  | 'WRONG_TOPIC'
  | 'BAD_ENVELOPE'
  | 'KEY_MISMATCH'
  | 'UNEXPECTED_DATA'
  | 'MISSING_DATA'
  | 'NOT_JSON'
  | 'SCHEMA_INVALID';

/** The result of decoding a record: an event, or an error code with a message of one line. */
export type Decoded =
  | { readonly ok: true; readonly event: ObservedEvent | DeletedEvent }
  | { readonly ok: false; readonly code: DecodeFaultCode; readonly reason: string };

/**
 * Returns the record of an observation.
 *
 * @throws MarqueeError `INVALID_EVENT` for a record that consumers would reject, with the fault
 */
export function encodeObserved<Part extends EventPart>(
  topic: ObservationTopic<Part>,
  observation: Observation<Part>,
): { key: Buffer; value: Buffer; headers: Record<string, string> } {
  const { subject, data } = observation;
  checkAttributes(topic, observation);
  const json = JSON.stringify(data) ?? 'undefined';
  const reason = producedInvalidity(topic.dataSchema, data, json);
  if (reason !== undefined) throw invalidEvent(topic, subject, reason);
  const mismatch = keyMismatch(topic, subject, data);
  if (mismatch !== undefined) throw invalidEvent(topic, subject, mismatch);
  return {
    key: Buffer.from(subject),
    value: Buffer.from(json),
    headers: toHeaders({ ...observation, topic, kind: 'observed' }),
  };
}

/** Returns the tombstone of an entity that TMDb no longer has. @throws MarqueeError `INVALID_EVENT` */
export function encodeDeleted(
  topic: ObservationTopic,
  observation: Omit<Observation, 'data'>,
): { key: Buffer; value: null; headers: Record<string, string> } {
  checkAttributes(topic, observation);
  return {
    key: Buffer.from(observation.subject),
    value: null,
    headers: toHeaders({ ...observation, topic, kind: 'deleted' }),
  };
}

/** Reads a record of one of the topics of ingest. Never throws, whatever the bytes. */
export function decodeEvent(record: {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}): Decoded {
  const envelope = fromHeaders(record.topic, record.headers);
  if ('code' in envelope) return { ok: false, ...envelope };
  if (record.key?.toString('latin1') !== envelope.subject) {
    return fault('KEY_MISMATCH', `the record's key must be ${envelope.subject}, like ce_subject`);
  }
  return envelope.kind === 'deleted' ? decodeDeleted(envelope, record.value) : decodeObserved(envelope, record.value);
}

function decodeDeleted(envelope: Envelope, value: Buffer | null): Decoded {
  if (value !== null) return fault('UNEXPECTED_DATA', `${envelope.topic.deletedType} must come with a null value`);
  return {
    ok: true,
    event: { ...attributes(envelope), kind: 'deleted', type: envelope.topic.deletedType } as DeletedEvent,
  };
}

function decodeObserved(envelope: Envelope, value: Buffer | null): Decoded {
  const { topic, subject } = envelope;
  if (value === null) return fault('MISSING_DATA', `${topic.observedType} must come with a value`);
  const parsed = parseJson(value);
  if ('reason' in parsed) return fault('NOT_JSON', parsed.reason);
  const { json, data } = parsed;
  const reason = consumedInvalidity(topic.dataSchema, data, json);
  if (reason !== undefined) return fault('SCHEMA_INVALID', reason);
  const valid = data as EventData[EventPart];
  const mismatch = keyMismatch(topic, subject, valid);
  if (mismatch !== undefined) return fault('KEY_MISMATCH', mismatch);
  // The topic decides the schema of the data, which the compiler cannot infer.
  const event = { ...attributes(envelope), kind: 'observed', type: topic.observedType, data: valid } as ObservedEvent;
  return { ok: true, event };
}

const fault = (code: DecodeFaultCode, reason: string): Decoded => ({ ok: false, code, reason });

function attributes({ topic, id, source, subject, observedAt }: Envelope) {
  return { topic: topic.name, id, source, subject, observedAt };
}

/** Returns the id of the entity that the data belongs to. */
export function subjectOf<Part extends EventPart>(topic: ObservationTopic<Part>, data: EventData[Part]): string {
  const ids: { readonly [Field in (typeof ID_FIELDS)[ObservedEntity]]?: string } = data;
  return ids[ID_FIELDS[topic.entity]] as string;
}

function keyMismatch(topic: ObservationTopic, subject: string, data: EventData[EventPart]): string | undefined {
  if (subjectOf(topic, data) === subject) return undefined;
  return `/${ID_FIELDS[topic.entity]} must be ${subject}, like the record's key`;
}

function checkAttributes(topic: ObservationTopic, { subject, observedAt, source }: Omit<Observation, 'data'>): void {
  if (!isEntityId(subject))
    throw invalidEvent(topic, subject, 'the subject must be 1 to 64 letters, digits or hyphens');
  const year = observedAt.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw invalidEvent(topic, subject, 'observedAt must be a date and time');
  if (source === '') throw invalidEvent(topic, subject, 'source must be the base URL of the TMDb API');
}

function invalidEvent(topic: ObservationTopic, subject: string, reason: string): MarqueeError {
  const what = `${topic.name}, ${topic.entity.toLowerCase()} ${JSON.stringify(subject)}`;
  return new MarqueeError('INVALID_EVENT', `This is no event for ${what}: ${reason}`);
}
