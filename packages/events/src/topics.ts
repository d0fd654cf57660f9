import type { MovieCredits } from './generated/movie-credits.ts';
import type { MovieDetails } from './generated/movie-details.ts';
import type { MovieRatings } from './generated/movie-ratings.ts';

/** What the data of each kind of event is. */
export interface EventData {
  'movie-details': MovieDetails;
  'movie-credits': MovieCredits;
  'movie-ratings': MovieRatings;
}

/** The part of a film that an event speaks of. */
export type EventPart = keyof EventData;

/** A topic as an event log creates it. */
export interface EventTopic {
  readonly name: string;
  /** Fixed for the life of the topic: another number would send a key to another partition. */
  readonly partitions: number;
  /** Whether only the latest record of each key is kept for good, rather than every record. */
  readonly compacted: boolean;
}

/** A topic that ingest fills, with the CloudEvents types that it carries. Records are keyed by movie id. */
export interface MovieTopic<Part extends EventPart = EventPart> extends EventTopic {
  readonly part: Part;
  /** The subgraph that reads the topic; no other does. */
  readonly consumer: 'movies' | 'people' | 'ratings';
  readonly name: `marquee.${Part}.v1`;
  readonly observedType: `marquee.${Part}.observed.v1`;
  readonly deletedType: `marquee.${Part}.deleted.v1`;
  /** `$id` of the JSON Schema of the data: the CloudEvents attribute `dataschema`. */
  readonly dataSchema: `https://marquee.example/schemas/${Part}.v1.json`;
}

function movieTopic<Part extends EventPart>(part: Part, consumer: MovieTopic['consumer']): MovieTopic<Part> {
  return {
    part,
    consumer,
    name: `marquee.${part}.v1`,
    partitions: 6,
    compacted: true,
    observedType: `marquee.${part}.observed.v1`,
    deletedType: `marquee.${part}.deleted.v1`,
    dataSchema: `https://marquee.example/schemas/${part}.v1.json`,
  };
}

/** Facts of films; the movies subgraph reads it. */
export const MOVIE_DETAILS = movieTopic('movie-details', 'movies');

/** Cast and crew of films; the people subgraph reads it. */
export const MOVIE_CREDITS = movieTopic('movie-credits', 'people');

/** Votes and reviews of films; the ratings subgraph reads it. */
export const MOVIE_RATINGS = movieTopic('movie-ratings', 'ratings');

/** Every topic that ingest fills. */
export const MOVIE_TOPICS = [MOVIE_DETAILS, MOVIE_CREDITS, MOVIE_RATINGS] as const;

/**
 * Where a subgraph puts the records that it cannot read, keyed by where each stood.
 * Compacted: a letter that is published again replaces itself, and stays, however old, until someone has dealt with it.
 */
export function deadLetterTopic(subgraph: string): EventTopic {
  return { name: `marquee.${subgraph}-dead-letters.v1`, partitions: 1, compacted: true };
}
