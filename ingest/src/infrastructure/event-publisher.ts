import type { EventLog, OutgoingRecord } from '@marquee/event-log/event-log';
import { encodeDeleted, encodeObserved } from '@marquee/events/codec';
import {
  type EventData,
  type EventPart,
  MOVIE_CREDITS,
  MOVIE_DETAILS,
  MOVIE_RATINGS,
  type MovieTopic,
} from '@marquee/events/topics';
import type { FilmPart, Publisher } from '../application/publisher.ts';
import { NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { createPublishedMovies, type IsPublished } from './published-movies.ts';
import { createRecordBatcher } from './record-batcher.ts';
import { fitRecord, MAX_VALUE_BYTES } from './record-size.ts';

const TOPICS: Readonly<Record<FilmPart, MovieTopic>> = {
  details: MOVIE_DETAILS,
  credits: MOVIE_CREDITS,
  ratings: MOVIE_RATINGS,
};

/** The topic that a part of a film goes to. */
export function topicOf(part: FilmPart): string {
  return TOPICS[part].name;
}

/**
 * Publishes parts of films as events. An event that its schema refuses rejects with `INVALID_EVENT` and reaches no topic.
 *
 * @param source the base address of the TMDb that was asked
 */
export function createEventPublisher(
  eventLog: EventLog,
  source: string,
  isPublished: IsPublished = createPublishedMovies(eventLog, MOVIE_DETAILS.name),
): Publisher {
  const batchers = new Map(
    Object.values(TOPICS).map(({ name }) => [name, createRecordBatcher((records) => eventLog.publish(name, records))]),
  );

  async function publish(topic: MovieTopic, record: OutgoingRecord): Promise<void> {
    await batchers.get(topic.name)?.(record);
  }

  async function publishObserved<Part extends EventPart>(
    topic: MovieTopic<Part>,
    data: EventData[Part],
    observedAt: Date,
  ): Promise<Omissions> {
    const encode = (content: EventData[Part]) =>
      encodeObserved(topic, { movieId: content.movieId, observedAt, source, data: content });
    const record = encode(data);
    if (record.value.byteLength <= MAX_VALUE_BYTES) {
      await publish(topic, record);
      return NO_OMISSIONS;
    }
    const fitting = fitRecord(`${topic.name} ${data.movieId}`, data);
    await publish(topic, encode(fitting.data));
    return fitting.omissions;
  }

  return {
    publishDetails: (data, observedAt) => publishObserved(MOVIE_DETAILS, data, observedAt),
    publishCredits: (data, observedAt) => publishObserved(MOVIE_CREDITS, data, observedAt),
    publishRatings: (data, observedAt) => publishObserved(MOVIE_RATINGS, data, observedAt),
    isPublished,
    publishDeletion: async (part, movieId, observedAt) =>
      publish(TOPICS[part], encodeDeleted(TOPICS[part], { movieId, observedAt, source })),
  };
}
