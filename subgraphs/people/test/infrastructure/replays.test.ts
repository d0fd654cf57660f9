import { MOVIE_CREDITS, PERSON_DETAILS } from '@marquee/events/topics';
import { describeReplays } from '@marquee/testing/scenarios/replays';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { handlePersonDetails } from '../../src/infrastructure/person-details-handler.ts';
import { job, movieOf, part } from '../fixtures/credits.ts';
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
