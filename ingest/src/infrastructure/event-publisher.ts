import type { EventLog, OutgoingRecord } from '@marquee/event-log/event-log';
import { encodeDeleted, encodeObserved } from '@marquee/events/codec';
import { MOVIE_CREDITS, MOVIE_DETAILS, MOVIE_RATINGS, type MovieTopic } from '@marquee/events/topics';
import type { FilmPart, Publisher } from '../application/publisher.ts';
import { createRecordBatcher } from './record-batcher.ts';

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
export function createEventPublisher(eventLog: EventLog, source: string): Publisher {
  const batchers = new Map(
    Object.values(TOPICS).map(({ name }) => [name, createRecordBatcher((records) => eventLog.publish(name, records))]),
  );

  async function publish(topic: MovieTopic, record: OutgoingRecord): Promise<void> {
    await batchers.get(topic.name)?.(record);
  }

  return {
    publishDetails: async (data, observedAt) =>
      publish(MOVIE_DETAILS, encodeObserved(MOVIE_DETAILS, { movieId: data.movieId, observedAt, source, data })),
    publishCredits: async (data, observedAt) =>
      publish(MOVIE_CREDITS, encodeObserved(MOVIE_CREDITS, { movieId: data.movieId, observedAt, source, data })),
    publishRatings: async (data, observedAt) =>
      publish(MOVIE_RATINGS, encodeObserved(MOVIE_RATINGS, { movieId: data.movieId, observedAt, source, data })),
    publishDeletion: async (part, movieId, observedAt) =>
      publish(TOPICS[part], encodeDeleted(TOPICS[part], { movieId, observedAt, source })),
  };
}
