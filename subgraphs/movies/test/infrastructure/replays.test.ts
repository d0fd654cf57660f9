import { PEOPLE_CHANGES, RATINGS_CHANGES } from '@marquee/events/change-topics';
import { MOVIE_DETAILS, MOVIE_MEDIA } from '@marquee/events/topics';
import { describeReplayedChanges, describeReplays, ENTITIES } from '@marquee/testing/scenarios/replays';
import { handleMovieDetails } from '../../src/infrastructure/movie-details-handler.ts';
import { handleMovieMedia } from '../../src/infrastructure/movie-media-handler.ts';
import { followingPeople } from '../../src/infrastructure/people-follower.ts';
import { followingRatings } from '../../src/infrastructure/ratings-follower.ts';
import { observe } from '../fixtures/database.ts';
import { mediaOf, POSTER, TRAILER, translationOf } from '../fixtures/media.ts';
import { movieOf, THE_MATRIX } from '../fixtures/movies.ts';
import { movies } from '../fixtures/subgraph.ts';

/** Some of the entries: which ones, and how many, follows from the number. */
const some = <Entry>(entries: readonly Entry[], variant: number) => entries.slice(variant % (entries.length + 1));

describeReplays(movies, {
  topic: MOVIE_DETAILS,
  handler: handleMovieDetails,
  dataOf: (id, variant) =>
    movieOf(id, {
      title: `Movie ${id}.${variant}`,
      popularity: variant,
      adult: variant === 3,
      releaseDate: variant === 0 ? null : `200${variant}-01-01`,
      collection: variant % 2 === 0 ? null : THE_MATRIX.collection,
      genres: some(THE_MATRIX.genres, variant),
      keywords: some(THE_MATRIX.keywords, variant + 1),
      productionCompanies: some(THE_MATRIX.productionCompanies, variant),
      releases: some(THE_MATRIX.releases, variant),
    }),
  // The time of the first of several equal observations, the row without votes of a deleted movie, and names that only superseded events
  // have.
  traces: [
    'movies.observed_at',
    'movie_votes',
    ...['collections', 'companies', 'countries', 'genres', 'keywords', 'languages'],
  ],
});

describeReplays(movies, {
  topic: MOVIE_MEDIA,
  handler: handleMovieMedia,
  dataOf: (id, variant) => {
    const provider = { id: variant + 1, name: `Provider ${variant + 1}`, logoPath: null };
    return mediaOf(id, {
      images: some([POSTER, { ...POSTER, path: '/second.jpg' }], variant),
      videos: some([TRAILER], variant),
      translations: some([translationOf('de-DE', { title: `Film ${variant}` }), translationOf('fr-FR')], variant),
      alternativeTitles: some([{ country: 'DE', title: `Der Film ${variant}`, type: null }], variant),
      watchProviders: [provider],
      watchOptions: [
        {
          country: 'DE',
          link: 'https://www.themoviedb.org/watch',
          offers: [{ kind: 'RENT', providerId: provider.id, displayPriority: variant }],
        },
      ],
      recommendedIds: some(['1', '2', '3'], variant),
    });
  },
  traces: ['translation_languages', 'watch_providers'],
});

const given = (pool: Parameters<typeof observe>[0]) =>
  observe(
    pool,
    ENTITIES.map((id) => movieOf(id)),
  );

describeReplayedChanges(movies, {
  topic: PEOPLE_CHANGES,
  entity: 'MovieCredits',
  following: followingPeople,
  factsOf: (id, variant) => ({ topBilled: some(['star', id], variant) }),
  given,
  traces: [],
});

describeReplayedChanges(movies, {
  topic: RATINGS_CHANGES,
  entity: 'Rating',
  following: followingRatings,
  factsOf: (_, variant) => ({
    votes: variant === 0 ? null : { voteAverage: variant, voteCount: 10 * variant, weightedScore: variant },
  }),
  given,
  traces: [],
});
