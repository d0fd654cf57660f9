import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { MOVIES } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

let database: MoviesDatabase;
let movies: RunningSubgraph;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, MOVIES);
  movies = await startSubgraph(['serve'], database.env);
});
after(async () => {
  await movies?.stop();
  await database.drop();
});

const EVERYTHING = `id tmdbId imdbId title originalTitle originalLanguage overview tagline status releaseDate runtime budget revenue
  homepage popularity posterUrl backdropUrl collection { id } externalIds { imdbId wikidataId facebookId instagramId twitterId }
  adult softcore video observedAt updatedAt`;

describe('what is selected of movies', () => {
  it('does not depend on how it is asked for', async () => {
    const whole = dataOf(await movies.ask(`{ movie(id: "603") { ${EVERYTHING} } }`)).movie;
    assert.ok(Object.values(whole).every((value) => value !== null));
    const answer = await movies.ask(
      `query ($no: Boolean!, $references: [_Any!]!) {
        movie(id: "603") { ...Some aka: originalTitle notThis: tagline @include(if: $no) }
        moviesByIds(ids: ["603"]) { ... on Movie { overview } }
        movies(first: 6) { edges { node { title } } edges { node { again: title posterUrl(size: W92) } } }
        searchMovies(query: "matrix", first: 1) { ...Page }
        collection(id: "2344") { movies(first: 1) { ...Page } }
        genre(id: "28") { movies(last: 1, orderBy: { field: TITLE }) { edges { node { id } } } }
        reloaded: movie(id: "604") { similar { node { runtime } } }
        _entities(representations: $references) { ... on Movie { ...Some observedAt } }
      }
      fragment Some on Movie { title ...More }
      fragment More on Movie { externalIds { wikidataId } collection { id } }
      fragment Page on MovieConnection { edges { node { __typename revenue } } }`,
      { no: false, references: [{ __typename: 'Movie', id: '603' }] },
    );
    const data = dataOf(answer);
    const some = { title: whole.title, externalIds: { wikidataId: 'Q83495' }, collection: whole.collection };
    assert.deepEqual(data.movie, { ...some, aka: whole.originalTitle });
    assert.deepEqual(data.moviesByIds, [{ overview: whole.overview }]);
    const matrix = data.movies.edges.find(({ node }: { node: { title: string } }) => node.title === whole.title).node;
    assert.equal(matrix.again, whole.title);
    assert.match(matrix.posterUrl, /w92\/matrix-poster\.jpg$/);
    assert.deepEqual(data.searchMovies.edges, [{ node: { __typename: 'Movie', revenue: whole.revenue } }]);
    assert.deepEqual(data.collection.movies.edges, [{ node: { __typename: 'Movie', revenue: whole.revenue } }]);
    assert.equal(data.genre.movies.edges.length, 1);
    assert.deepEqual(data.reloaded.similar[0], { node: { runtime: whole.runtime } });
    assert.deepEqual(data._entities, [{ ...some, observedAt: whole.observedAt }]);
  });

  it('does not depend on what fields are called, the names that objects of JavaScript have included', async () => {
    const answer = await movies.ask(
      `query ($references: [_Any!]!) {
        movie(id: "603") { constructor: title toString: runtime __proto__: overview hasOwnProperty: releaseDate valueOf: popularity }
        __proto__: moviesByIds(ids: ["603"]) { isPrototypeOf: title propertyIsEnumerable: posterUrl }
        constructor: movies(first: 1) { toString: edges { __proto__: node { valueOf: tagline __defineGetter__: title } } }
        valueOf: _entities(representations: $references) { ... on Movie { __lookupGetter__: imdbId } }
      }`,
      { references: [{ __typename: 'Movie', id: '603' }] },
    );
    assert.equal(answer.errors, undefined);
    const whole = dataOf(
      await movies.ask(`{ movie(id: "603") { ${EVERYTHING} } movies(first: 1) { edges { node { tagline title } } } }`),
    );
    const own = (object: object, key: string) => Object.getOwnPropertyDescriptor(object, key)?.value;
    const { movie } = answer.data;
    assert.equal(own(movie, 'constructor'), whole.movie.title);
    assert.equal(own(movie, 'toString'), whole.movie.runtime);
    assert.equal(own(movie, '__proto__'), whole.movie.overview);
    assert.equal(own(movie, 'hasOwnProperty'), whole.movie.releaseDate);
    assert.equal(own(movie, 'valueOf'), whole.movie.popularity);
    const [byId] = own(answer.data, '__proto__');
    assert.equal(own(byId, 'isPrototypeOf'), whole.movie.title);
    assert.equal(own(byId, 'propertyIsEnumerable'), whole.movie.posterUrl);
    const [edge] = own(own(answer.data, 'constructor'), 'toString');
    const { tagline, title } = whole.movies.edges[0].node;
    assert.equal(own(own(edge, '__proto__'), 'valueOf'), tagline);
    assert.equal(own(own(edge, '__proto__'), '__defineGetter__'), title);
    assert.equal(own(own(answer.data, 'valueOf')[0], '__lookupGetter__'), whole.movie.imdbId);
  });
});
