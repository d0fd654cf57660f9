import { randomUUIDv7 } from 'node:crypto';
import {
  bad,
  contentTypeFault,
  type EnvelopeFault,
  fromAttributeHeaders,
  type Headers,
  quote,
  toAttributeHeaders,
} from './cloud-event.ts';
import { OBSERVATION_TOPICS, type ObservationTopic } from './generated/topics.ts';

/** The CloudEvents attributes of an event that do not follow from its topic. */
export interface Envelope {
  readonly topic: ObservationTopic;
  readonly kind: 'observed' | 'deleted';
  /** UUIDv7 in events of Marquee. */
  readonly id: string;
  /** Base URL of the TMDb API. */
  readonly source: string;
  /** Time of the request to TMDb. */
  readonly observedAt: Date;
  /** Id of the entity, the key of the record. */
  readonly subject: string;
}

const topicsByName: ReadonlyMap<string, ObservationTopic> = new Map(
  OBSERVATION_TOPICS.map((topic) => [topic.name, topic]),
);
const types: ReadonlyMap<string, { topic: ObservationTopic; kind: Envelope['kind'] }> = new Map(
  OBSERVATION_TOPICS.flatMap((topic): [string, { topic: ObservationTopic; kind: Envelope['kind'] }][] => [
    [topic.observedType, { topic, kind: 'observed' }],
    [topic.deletedType, { topic, kind: 'deleted' }],
  ]),
);

/** Returns the headers of an event, with a new id. */
export function toHeaders(envelope: Omit<Envelope, 'id'>): Record<string, string> {
  const { topic, kind, source, subject, observedAt } = envelope;
  const type = kind === 'observed' ? topic.observedType : topic.deletedType;
  return toAttributeHeaders({ id: randomUUIDv7(), type, source, subject, time: observedAt }, topic.dataSchema);
}

/** Reads and checks the attributes of a record of a topic. */
export function fromHeaders(topicName: string, headers: Headers): Envelope | EnvelopeFault {
  const topic = topicsByName.get(topicName);
  if (topic === undefined)
    return { code: 'UNKNOWN_TOPIC', reason: `no event belongs on the topic ${quote(topicName)}` };
  const attributes = fromAttributeHeaders(headers);
  if ('code' in attributes) return attributes;
  const { type, id, source, subject, time: observedAt } = attributes;
  const eventType = types.get(type);
  if (eventType === undefined) return { code: 'UNKNOWN_TYPE', reason: `ce_type ${quote(type)} is unknown` };
  if (eventType.topic !== topic) {
    return {
      code: 'WRONG_TOPIC',
      reason: `ce_type ${quote(type)} belongs on ${eventType.topic.name}, not on ${topic.name}`,
    };
  }
  if (!isEntityId(subject)) return bad(`ce_subject ${quote(subject)} is no ${topic.entity.toLowerCase()} id`);
  if (eventType.kind === 'observed') {
    const fault = contentTypeFault(headers);
    if (fault !== undefined) return fault;
  }
  return { topic, kind: eventType.kind, id, source, observedAt, subject };
}

/** Returns true when `text` is a valid id of an entity: opaque, of letters, digits and hyphens (a TMDb number or a UUID). */
export function isEntityId(text: string): boolean {
  return /^[0-9A-Za-z-]{1,64}$/.test(text);
}
