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
import { MOVIE_TOPICS, type MovieTopic } from './generated/topics.ts';

/** The CloudEvents attributes of an event, apart from those that its topic decides. */
export interface Envelope {
  readonly topic: MovieTopic;
  readonly kind: 'observed' | 'deleted';
  /** UUIDv7 where we made the event. */
  readonly id: string;
  /** Base address of the TMDb API that was asked. */
  readonly source: string;
  /** The moment at which TMDb was asked. */
  readonly observedAt: Date;
  readonly movieId: string;
}

const topicsByName: ReadonlyMap<string, MovieTopic> = new Map(MOVIE_TOPICS.map((topic) => [topic.name, topic]));
const types: ReadonlyMap<string, { topic: MovieTopic; kind: Envelope['kind'] }> = new Map(
  MOVIE_TOPICS.flatMap((topic): [string, { topic: MovieTopic; kind: Envelope['kind'] }][] => [
    [topic.observedType, { topic, kind: 'observed' }],
    [topic.deletedType, { topic, kind: 'deleted' }],
  ]),
);

/** The envelope as headers. */
export function toHeaders(envelope: Omit<Envelope, 'id'>): Record<string, string> {
  const { topic, kind, source, movieId, observedAt } = envelope;
  const type = kind === 'observed' ? topic.observedType : topic.deletedType;
  return toAttributeHeaders({ id: randomUUIDv7(), type, source, subject: movieId, time: observedAt }, topic.dataSchema);
}

/** Reads the attributes of a record of the topic named `topicName`. */
export function fromHeaders(topicName: string, headers: Headers): Envelope | EnvelopeFault {
  const topic = topicsByName.get(topicName);
  if (topic === undefined)
    return { code: 'UNKNOWN_TOPIC', reason: `no event belongs on the topic ${quote(topicName)}` };
  const attributes = fromAttributeHeaders(headers);
  if ('code' in attributes) return attributes;
  const { type, id, source, subject: movieId, time: observedAt } = attributes;
  const known = types.get(type);
  if (known === undefined) return { code: 'UNKNOWN_TYPE', reason: `ce_type ${quote(type)} is not known` };
  if (known.topic !== topic) {
    return {
      code: 'WRONG_TOPIC',
      reason: `ce_type ${quote(type)} belongs on ${known.topic.name}, not on ${topic.name}`,
    };
  }
  if (!isMovieId(movieId)) return bad(`ce_subject ${quote(movieId)} is no movie id`);
  if (known.kind === 'observed') {
    const fault = contentTypeFault(headers);
    if (fault !== undefined) return fault;
  }
  return { topic, kind: known.kind, id, source, observedAt, movieId };
}

/** Returns true when `text` is a valid movie id: opaque, of letters, digits and hyphens (a TMDb number or a UUID). */
export function isMovieId(text: string): boolean {
  return /^[0-9A-Za-z-]{1,64}$/.test(text);
}
