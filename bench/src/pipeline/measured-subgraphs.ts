import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { encodeObserved } from '@marquee/events/codec';
import { MOVIE_CREDITS, MOVIE_DETAILS, MOVIE_RATINGS, type ObservationTopic } from '@marquee/events/topics';
import { type CatalogueSize, type SyntheticMovie, syntheticMovie } from '../loading/catalogue.ts';

export const SUBGRAPHS = ['movies', 'people', 'ratings'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

/** The events of a subgraph, and the rows that its consumer writes for them, besides those of triggers. */
export interface MeasuredSubgraph {
  readonly topic: ObservationTopic;
  /** Tables in the order of their foreign keys, each with the condition of the rows of the movies $1. */
  readonly tables: Readonly<Record<string, string>>;
  /** SQL query for those of the movies $1 whose event is visible. */
  readonly visible: string;
  record(movie: SyntheticMovie, observedAt: Date): OutgoingRecord;
}

const source = 'https://api.themoviedb.org/3';
const OF_MOVIES = 'movie_id = any($1)';
const namedBy = (key: string, table: string, column: string) =>
  `${key} in (select ${column} from ${table} where ${OF_MOVIES})`;

export const MEASURED: Readonly<Record<SubgraphName, MeasuredSubgraph>> = {
  movies: {
    topic: MOVIE_DETAILS,
    tables: {
      collections: 'id in (select collection_id from movies where movies.id = any($1))',
      companies: namedBy('id', 'movie_production_companies', 'company_id'),
      countries: namedBy('code', 'movie_production_countries', 'country_code'),
      genres: namedBy('id', 'movie_genres', 'genre_id'),
      keywords: namedBy('id', 'movie_keywords', 'keyword_id'),
      languages: namedBy('code', 'movie_spoken_languages', 'language_code'),
      movies: 'id = any($1)',
      movie_genres: OF_MOVIES,
      movie_production_companies: OF_MOVIES,
      movie_production_countries: OF_MOVIES,
      movie_origin_countries: OF_MOVIES,
      movie_spoken_languages: OF_MOVIES,
      movie_keywords: OF_MOVIES,
      movie_releases: OF_MOVIES,
    },
    visible: 'select id from movies where id = any($1)',
    record: ({ details: data }, observedAt) =>
      encodeObserved(MOVIE_DETAILS, { subject: data.movieId, observedAt, source, data }),
  },
  people: {
    topic: MOVIE_CREDITS,
    tables: { persons: namedBy('id', 'credits', 'person_id'), credits: OF_MOVIES },
    visible: 'select distinct movie_id as id from credits where movie_id = any($1)',
    record: ({ credits: data }, observedAt) =>
      encodeObserved(MOVIE_CREDITS, { subject: data.movieId, observedAt, source, data }),
  },
  ratings: {
    topic: MOVIE_RATINGS,
    tables: { ratings: OF_MOVIES, reviews: OF_MOVIES },
    visible: 'select movie_id as id from ratings where movie_id = any($1)',
    record: ({ ratings: data }, observedAt) =>
      encodeObserved(MOVIE_RATINGS, { subject: data.movieId, observedAt, source, data }),
  },
};

/** Returns the events of movies from number `first` on, observed at different times from `since` on. */
export function eventsOf(
  { record }: MeasuredSubgraph,
  { first, count, since }: { readonly first: number; readonly count: number; readonly since: number },
  size: CatalogueSize,
): OutgoingRecord[] {
  return Array.from({ length: count }, (_, index) =>
    record(syntheticMovie(first + index, size), new Date(since + index)),
  );
}
