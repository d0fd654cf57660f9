import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { MOVIE_CREDITS, PERSON_DETAILS } from '@marquee/events/topics';
import { describeReplayedChanges, describeReplays, ENTITIES } from '@marquee/testing/scenarios/replays';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { followingMovies } from '../../src/infrastructure/movies-follower.ts';
import { handlePersonDetails } from '../../src/infrastructure/person-details-handler.ts';
import { job, movieOf, part } from '../fixtures/credits.ts';
import { observe } from '../fixtures/database.ts';
import { detailsOf, image, translation } from '../fixtures/details.ts';
import { people } from '../fixtures/subgraph.ts';

describeReplays(people, {
  topic: MOVIE_CREDITS,
  handler: handleMovieCredits,
  // Each content has other persons, some of which other movies have too.
  dataOf: (id, variant) =>
    movieOf(id, {
      cast: ['1', '2', '3']
        .slice(variant % 4)
        .map((personId, order) =>
          part(personId, { creditId: `${id}-${personId}`, order, character: `Part ${variant}` }),
        ),
      crew: variant % 2 === 0 ? [] : [job(id, { creditId: `${id}-job` })],
    }),
  // A person without other facts is not written again, and a credit has the movie's version.
  traces: ['persons.observed_at', 'credits.version', 'person_overwrites'],
});

describeReplays(people, {
  topic: PERSON_DETAILS,
  handler: handlePersonDetails,
  dataOf: (id, variant) =>
    detailsOf(id, {
      name: `Person ${id}.${variant}`,
      biography: variant === 0 ? null : `Biography ${variant}.`,
      alsoKnownAs: variant % 2 === 0 ? [] : [`Alias ${variant}`],
      images: [image('/1.jpg'), image(`/${variant}.jpg`)].slice(variant % 3),
      translations: variant === 1 ? [] : [translation('de', 'DE', { biography: `Leben ${variant}.` })],
    }),
  traces: [],
});

describeReplayedChanges(people, {
  topic: MOVIES_CHANGES,
  entity: 'Movie',
  following: followingMovies,
  factsOf: (_, variant) => ({
    film: { releaseDate: variant === 0 ? null : `200${variant}-01-01`, adult: variant === 3 },
  }),
  // A star of all movies, and a person of each.
  given: (pool) =>
    observe(
      pool,
      ENTITIES.map((id) =>
        movieOf(id, { cast: ['star', id].map((personId) => part(personId, { creditId: `${id}-${personId}` })) }),
      ),
    ),
  // A credit that was withheld and shown again has the version of that moment.
  traces: ['credits.version'],
});
