import { hash as hashOf } from 'node:crypto';
import type { EventLog, OutgoingRecord } from '@marquee/event-log/event-log';
import { sendSpan, withTraceHeaders } from '@marquee/event-log/record-traces';
import { encodeDeleted, encodeObserved, subjectOf } from '@marquee/events/codec';
import {
  type EventData,
  type EventPart,
  MOVIE_DETAILS,
  OBSERVATION_TOPICS,
  type ObservationTopic,
  PERSON_DETAILS,
} from '@marquee/events/topics';
import { currentTrace } from '@marquee/runtime/current-trace';
import { MarqueeError } from '@marquee/runtime/errors';
import type { Publication, Publisher } from '../application/publisher.ts';
import type { MoviePart } from '../domain/generated/movie-parts.ts';
import { NO_OMISSIONS } from '../domain/omissions.ts';
import { createPublishedMovies, type IsPublished } from './published-movies.ts';
import { createRecordBatcher } from './record-batcher.ts';
import { fitRecord, MAX_VALUE_BYTES } from './record-size.ts';

/** The data of each part's events: a part whose payload is something else does not compile. */
type PartData = { readonly [Part in MoviePart]: EventData[`movie-${Part}`] };

const TOPICS = Object.fromEntries(OBSERVATION_TOPICS.map((topic) => [topic.part.replace('movie-', ''), topic])) as {
  readonly [Part in MoviePart]: ObservationTopic<`movie-${Part}`>;
};

/** Returns the topic that a part of a movie is published to. */
export function topicOf(part: MoviePart): string {
  return TOPICS[part].name;
}

/**
 * Creates a publisher of events. An event that violates its schema rejects with `INVALID_EVENT` and reaches no topic.
 *
 * @param source base URL of TMDb, the `source` of the events
 */
export function createEventPublisher(
  eventLog: EventLog,
  source: string,
  isPublished: IsPublished = createPublishedMovies(eventLog, MOVIE_DETAILS.name),
): Publisher {
  const batchers = new Map<string, (record: OutgoingRecord) => Promise<void>>(
    OBSERVATION_TOPICS.map(({ name }) => [name, createRecordBatcher((records) => eventLog.publish(name, records))]),
  );

  async function publish(topic: ObservationTopic, record: OutgoingRecord): Promise<void> {
    const span = currentTrace()?.begin(...sendSpan(eventLog, { topic: topic.name, key: record.key }));
    try {
      await batchers.get(topic.name)?.(withTraceHeaders(record, span));
      span?.end();
    } catch (error) {
      span?.end({ error: error instanceof MarqueeError ? error.code : 'unexpected' });
      throw error;
    }
  }

  async function publishObserved<Part extends EventPart>(
    topic: ObservationTopic<Part>,
    data: EventData[Part],
    observedAt: Date,
    previous?: string,
  ): Promise<Publication> {
    const subject = subjectOf(topic, data);
    const encode = (content: EventData[Part]) => encodeObserved(topic, { subject, observedAt, source, data: content });
    const record = encode(data);
    const hash = contentHash(record.value);
    if (hash === previous) return { hash, isPublished: false, omissions: NO_OMISSIONS };
    if (record.value.byteLength <= MAX_VALUE_BYTES) {
      await publish(topic, record);
      return { hash, isPublished: true, omissions: NO_OMISSIONS };
    }
    const fitted = fitRecord(`${topic.name} ${subject}`, data);
    await publish(topic, encode(fitted.data));
    return { hash, isPublished: true, omissions: fitted.omissions };
  }

  return {
    publish: <Part extends MoviePart>(part: Part, data: PartData[Part], observedAt: Date, previous?: string) =>
      publishObserved<EventPart>(TOPICS[part], data, observedAt, previous),
    isPublished,
    publishDeletion: async (part, movieId, observedAt) =>
      publish(TOPICS[part], encodeDeleted(TOPICS[part], { subject: movieId, observedAt, source })),
    publishPerson: (details, observedAt, previous) => publishObserved(PERSON_DETAILS, details, observedAt, previous),
    publishPersonDeletion: async (personId, observedAt) =>
      publish(PERSON_DETAILS, encodeDeleted(PERSON_DETAILS, { subject: personId, observedAt, source })),
  };
}

/** Length of a stored hash, in characters of 6 bits: 132 bits, since the queue stores one for each part of each entity. */
const HASH_LENGTH = 22;

function contentHash(value: Uint8Array): string {
  return hashOf('sha256', value, 'base64url').slice(0, HASH_LENGTH);
}
