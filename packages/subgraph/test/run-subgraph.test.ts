import { MOVIE_RATINGS } from '@marquee/events/topics';
import { describeMistakes } from '@marquee/testing/scenarios/command-line';
import { describeMigrations, itMigrates } from '@marquee/testing/scenarios/migrations';
import { describeOutages } from '@marquee/testing/scenarios/outages';
import type { Subgraph } from '@marquee/testing/scenarios/subgraph';
import { itAnswersTheGatewayAlone } from '@marquee/testing/scenarios/trust';
import { migrations } from './fixtures/films/migrations.ts';

const films: Subgraph = {
  name: 'films',
  migrations,
  main: new URL('fixtures/films/main.ts', import.meta.url),
};

describeMigrations(films, ['relation films']);
itMigrates(films, 'films');
itAnswersTheGatewayAlone(films);
describeMistakes(films);
describeOutages(films, MOVIE_RATINGS, 'film(id: "1")');
