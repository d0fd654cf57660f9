import { randomUUIDv7 } from 'node:crypto';
import { MOVIE_TOPICS, type MovieTopic } from './topics.ts';

/** The headers of a record, as text. */
export type Headers = Readonly<Record<string, string>>;

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

/** Why headers are no envelope. */
export interface EnvelopeFault {
  readonly code: 'UNKNOWN_TOPIC' | 'UNKNOWN_TYPE' | 'WRONG_TOPIC' | 'BAD_ENVELOPE';
  readonly reason: string;
}

const topicsByName: ReadonlyMap<string, MovieTopic> = new Map(MOVIE_TOPICS.map((topic) => [topic.name, topic]));
const types: ReadonlyMap<string, { topic: MovieTopic; kind: Envelope['kind'] }> = new Map(
  MOVIE_TOPICS.flatMap((topic): [string, { topic: MovieTopic; kind: Envelope['kind'] }][] => [
    [topic.observedType, { topic, kind: 'observed' }],
    [topic.deletedType, { topic, kind: 'deleted' }],
  ]),
);

/** Attributes as headers: CloudEvents 1.0, Kafka protocol binding, binary content mode (section 3.2). */
export function toHeaders(envelope: Omit<Envelope, 'id'>): Record<string, string> {
  const { topic, kind } = envelope;
  return {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: randomUUIDv7(),
    ce_type: kind === 'observed' ? topic.observedType : topic.deletedType,
    ce_source: envelope.source,
    ce_subject: envelope.movieId,
    ce_time: envelope.observedAt.toISOString(),
    ce_dataschema: topic.dataSchema,
  };
}

/** Reads the attributes of a record of the topic named `topicName`. Attributes that we do not know are left alone. */
export function fromHeaders(topicName: string, headers: Headers): Envelope | EnvelopeFault {
  const topic = topicsByName.get(topicName);
  if (topic === undefined)
    return { code: 'UNKNOWN_TOPIC', reason: `no event belongs on the topic ${quote(topicName)}` };
  const attribute = (name: string) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const bad = (reason: string): EnvelopeFault => ({ code: 'BAD_ENVELOPE', reason });

  const version = attribute('ce_specversion');
  if (version !== '1.0') return bad(`ce_specversion must be 1.0, not ${quote(version)}`);
  const type = attribute('ce_type');
  if (type === undefined) return bad('ce_type is missing');
  const known = types.get(type);
  if (known === undefined) return { code: 'UNKNOWN_TYPE', reason: `ce_type ${quote(type)} is not known` };
  if (known.topic !== topic) {
    return {
      code: 'WRONG_TOPIC',
      reason: `ce_type ${quote(type)} belongs on ${known.topic.name}, not on ${topic.name}`,
    };
  }
  const id = attribute('ce_id');
  if (id === undefined) return bad('ce_id is missing');
  const source = attribute('ce_source');
  if (source === undefined) return bad('ce_source is missing');
  const movieId = attribute('ce_subject');
  if (movieId === undefined) return bad('ce_subject is missing');
  if (!isMovieId(movieId)) return bad(`ce_subject ${quote(movieId)} is no movie id`);
  const time = attribute('ce_time');
  const observedAt = parseTime(time);
  if (observedAt === undefined) return bad(`ce_time must be an RFC 3339 date and time, not ${quote(time)}`);
  const contentType = attribute('content-type') ?? attribute('ce_datacontenttype');
  if (known.kind === 'observed' && !isJson(contentType)) {
    return bad(`content-type must be application/json, not ${quote(contentType)}`);
  }
  return { topic, kind: known.kind, id, source, observedAt, movieId };
}

/** Whether `text` may be the id of a film: opaque, but letters, digits and hyphens only (a TMDb number or a UUID). */
export function isMovieId(text: string): boolean {
  return /^[0-9A-Za-z-]{1,64}$/.test(text);
}

// RFC 3339, section 5.6, without leap seconds, which a JavaScript Date cannot hold.
const RFC_3339 = /^(?!0000)\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function parseTime(text: string | undefined): Date | undefined {
  if (text === undefined || !RFC_3339.test(text)) return undefined;
  const time = new Date(text.toUpperCase());
  // Date rolls 30 February over into March instead of refusing it; the day of the month then differs.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(time.getTime()) || day.getUTCDate() !== Number(text.slice(8, 10))) return undefined;
  return time;
}

const isJson = (contentType: string | undefined) => /^application\/json\s*(?:;|$)/i.test(contentType ?? '');

const quote = (text: string | undefined) => (text === undefined ? 'missing' : JSON.stringify(text.slice(0, 100)));
