/* Generated from schemas/ by `npm run generate`; do not edit. */

import { observationTopic, type TopicOfPart } from '../topic.ts';
import type { MovieCredits } from './movie-credits.ts';
import type { MovieDetails } from './movie-details.ts';
import type { MovieMedia } from './movie-media.ts';
import type { MovieRatings } from './movie-ratings.ts';
import type { PersonDetails } from './person-details.ts';

/** The data of each kind of event. */
export interface EventData {
  'movie-credits': MovieCredits;
  'movie-details': MovieDetails;
  'movie-media': MovieMedia;
  'movie-ratings': MovieRatings;
  'person-details': PersonDetails;
}

/** A kind of event, and the part of an entity that its data holds. */
export type EventPart = keyof EventData;

/** The topic of a part, or of any. */
export type ObservationTopic<Part extends EventPart = EventPart> = TopicOfPart<Part>;

/** Cast and crew of a movie, as TMDb returned them at ce_time. A list is empty when TMDb has nobody. */
export const MOVIE_CREDITS = observationTopic('movie-credits', 'Movie', 'people');

/** Facts of a movie, as TMDb returned them at ce_time. A value that TMDb does not have is null. */
export const MOVIE_DETAILS = observationTopic('movie-details', 'Movie', 'movies');

/** Images, videos, translations, alternative titles, watch providers and recommendations of a movie, as TMDb returned them at ce_time. A list is empty when TMDb has nothing. */
export const MOVIE_MEDIA = observationTopic('movie-media', 'Movie', 'movies');

/** Votes and reviews of a movie, as TMDb returned them at ce_time. */
export const MOVIE_RATINGS = observationTopic('movie-ratings', 'Movie', 'ratings');

/** Facts of a person, as TMDb returned them at ce_time. A value that TMDb does not have is null. */
export const PERSON_DETAILS = observationTopic('person-details', 'Person', 'people');

/** Every topic that ingest publishes to. */
export const OBSERVATION_TOPICS = [MOVIE_CREDITS, MOVIE_DETAILS, MOVIE_MEDIA, MOVIE_RATINGS, PERSON_DETAILS] as const;
