import { MOVIE_DETAILS } from '@marquee/events/topics';
import { describePreviousVersion } from '@marquee/testing/scenarios/previous-version';
import { dataOf } from '@marquee/testing/subgraph-process';
import { movieOf } from './fixtures/movies.ts';
import { movies } from './fixtures/subgraph.ts';
import { ask } from './fixtures/writing.ts';

describePreviousVersion(movies, {
  topic: MOVIE_DETAILS,
  observation: (movieId, tagline) => movieOf(movieId, { tagline }),
  observed: async (api, id) =>
    dataOf(await api.ask('query ($id: ID!) { movie(id: $id) { tagline } }', { id })).movie?.tagline,
  creation: 'createMovie',
  create: async (api, title) => dataOf(await ask(api, 'createMovie', { input: { title, genreIds: [] } })).result,
  update: async (api, { id, version }, title) =>
    dataOf(await ask(api, 'updateMovie', { id, version, input: { title } })).result,
  remove: async (api, { id, version }) => {
    dataOf(await ask(api, 'deleteMovie', { id, version }));
  },
  read: async (api, id) => dataOf(await api.ask('query ($id: ID!) { movie(id: $id) { title } }', { id })).movie?.title,
});
