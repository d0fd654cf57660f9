import { MOVIE_RATINGS } from '@marquee/events/topics';
import { describeMistakes } from '@marquee/testing/scenarios/command-line';
import { describeMigrations, itMigrates } from '@marquee/testing/scenarios/migrations';
import { describeOutages } from '@marquee/testing/scenarios/outages';
import type { Subgraph } from '@marquee/testing/scenarios/subgraph';
import { itAnswersTheGatewayAlone } from '@marquee/testing/scenarios/trust';
import { migrations } from './fixtures/movies/migrations.ts';

const movies: Subgraph = {
  name: 'movies',
  migrations,
  main: new URL('fixtures/movies/main.ts', import.meta.url),
};

describeMigrations(movies, ['relation movies']);
itMigrates(movies, 'movies');
itAnswersTheGatewayAlone(movies);
describeMistakes(movies);
describeOutages(movies, MOVIE_RATINGS, 'movie(id: "1")');
