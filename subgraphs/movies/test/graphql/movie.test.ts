import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { MOVIES, movieOf, THE_MATRIX } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const OBSERVED_AT = new Date('2026-11-22T10:00:00.123Z');
const EVERY_LIST = `
  id title genres { id name } productionCompanies { id name originCountry logoUrl } productionCountries { code name }
  originCountries spokenLanguages { code name englishName } keywords { id name } collection { id name }
  releases { country type date } certification(country: "US")`;

let database: MoviesDatabase;
let movies: RunningSubgraph;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, MOVIES, OBSERVED_AT);
  await observe(
    database.pool,
    Array.from({ length: 100 }, (_, index) => ({ ...THE_MATRIX, ...titled(`copy-${index}`), popularity: 0.5 })),
    OBSERVED_AT,
  );
  movies = await startSubgraph(['serve'], database.env);
});
after(async () => {
  await movies?.stop();
  await database.drop();
});

function titled(movieId: string) {
  return {
    movieId,
    tmdbId: null,
    title: movieId,
    collection: { id: 7, name: 'Copies', posterPath: null, backdropPath: null },
  };
}

describe('Movie', () => {
  it('has every fact of a movie', async () => {
    const { movie } = dataOf(
      await movies.ask(`{ movie(id: "603") {
        id tmdbId imdbId title originalTitle originalLanguage overview tagline status releaseDate runtime budget revenue homepage
        popularity adult softcore video observedAt posterUrl backdropUrl
        genres { id name } productionCompanies { id name originCountry logoUrl } productionCountries { code name }
        originCountries spokenLanguages { code name englishName } collection { id name posterUrl backdropUrl }
        keywords { id name } externalIds { imdbId wikidataId facebookId instagramId twitterId }
        releases { country type date certification note language descriptors }
      } }`),
    );
    assert.deepEqual(movie, {
      id: '603',
      tmdbId: 603,
      imdbId: 'tt0133093',
      title: 'The Matrix',
      originalTitle: 'The Matrix',
      originalLanguage: 'en',
      overview: 'A programmer learns what his world is made of.',
      tagline: 'Free your mind.',
      status: 'Released',
      releaseDate: '1999-03-31',
      runtime: 136,
      budget: 63000000,
      revenue: 463517383,
      homepage: 'http://www.warnerbros.com/matrix',
      popularity: 81.5,
      adult: false,
      softcore: false,
      video: false,
      observedAt: '2026-11-22T10:00:00.123Z',
      posterUrl: 'https://image.tmdb.org/t/p/w500/matrix-poster.jpg',
      backdropUrl: 'https://image.tmdb.org/t/p/w1280/matrix-backdrop.jpg',
      genres: [
        { id: '28', name: 'Action' },
        { id: '878', name: 'Science Fiction' },
      ],
      productionCompanies: [
        {
          id: '79',
          name: 'Village Roadshow Pictures',
          originCountry: 'US',
          logoUrl: 'https://image.tmdb.org/t/p/w185/roadshow.png',
        },
        { id: '372', name: 'Groucho II Movie Partnership', originCountry: null, logoUrl: null },
      ],
      productionCountries: [
        { code: 'US', name: 'United States of America' },
        { code: 'AU', name: 'Australia' },
      ],
      originCountries: ['US'],
      spokenLanguages: [{ code: 'en', name: 'English', englishName: 'English' }],
      collection: {
        id: '2344',
        name: 'The Matrix Collection',
        posterUrl: 'https://image.tmdb.org/t/p/w500/bV9qTVHTVf0gkW0j7p7M0ILD4pG.jpg',
        backdropUrl: null,
      },
      keywords: [
        { id: '83', name: 'saving the world' },
        { id: '310', name: 'artificial intelligence (a.i.)' },
      ],
      externalIds: {
        imdbId: 'tt0133093',
        wikidataId: 'Q83495',
        facebookId: 'TheMatrixMovie',
        instagramId: null,
        twitterId: 'thematrix',
      },
      releases: [
        {
          country: 'DE',
          type: 'PHYSICAL',
          date: '1999-12-07',
          certification: '16',
          note: 'DVD',
          language: 'de',
          descriptors: [],
        },
        {
          country: 'US',
          type: 'PREMIERE',
          date: '1999-03-24',
          certification: null,
          note: 'Los Angeles',
          language: null,
          descriptors: [],
        },
        {
          country: 'US',
          type: 'THEATRICAL',
          date: '1999-03-31',
          certification: 'R',
          note: null,
          language: 'en',
          descriptors: ['sci-fi violence', 'brief language'],
        },
      ],
    });
  });

  it('has null and empty lists where nothing is known', async () => {
    const { movie } = dataOf(
      await movies.ask(
        `{ movie(id: "1000001") { imdbId releaseDate runtime budget revenue posterUrl collection { id } genres { id } releases { date }
        certification(country: "US") externalIds { wikidataId } } }`,
      ),
    );
    assert.deepEqual(movie, {
      imdbId: null,
      releaseDate: null,
      runtime: null,
      budget: null,
      revenue: null,
      posterUrl: null,
      collection: null,
      genres: [],
      releases: [],
      certification: null,
      externalIds: { wikidataId: null },
    });
  });

  it('carries money beyond 32 bits', async () => {
    const { movie } = dataOf(await movies.ask('{ movie(id: "19995") { revenue } }'));
    assert.equal(movie.revenue, 2_923_706_026);
  });

  it('gives images in the size that was asked for', async () => {
    const { movie } = dataOf(
      await movies.ask(
        '{ movie(id: "603") { small: posterUrl(size: W92) posterUrl(size: ORIGINAL) backdropUrl(size: W300) productionCompanies { logoUrl(size: W45) } } }',
      ),
    );
    assert.deepEqual(movie, {
      small: 'https://image.tmdb.org/t/p/w92/matrix-poster.jpg',
      posterUrl: 'https://image.tmdb.org/t/p/original/matrix-poster.jpg',
      backdropUrl: 'https://image.tmdb.org/t/p/w300/matrix-backdrop.jpg',
      productionCompanies: [{ logoUrl: 'https://image.tmdb.org/t/p/w45/roadshow.png' }, { logoUrl: null }],
    });
  });

  it('tells releases and certifications by country', async () => {
    const { movie } = dataOf(
      await movies.ask(
        '{ movie(id: "603") { releases(country: "DE") { date } us: certification(country: "US") de: certification(country: "DE") fr: certification(country: "FR") } }',
      ),
    );
    assert.deepEqual(movie, { releases: [{ date: '1999-12-07' }], us: 'R', de: '16', fr: null });
  });

  it('resolves references of other subgraphs by one statement, unknown ones to null', async () => {
    const ids = ['603', 'nobody', '129', '603'];
    const answer = await movies.ask(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Movie { id title releaseDate } } }',
      { of: ids.map((id) => ({ __typename: 'Movie', id })) },
    );
    assert.deepEqual(dataOf(answer)._entities, [
      { id: '603', title: 'The Matrix', releaseDate: '1999-03-31' },
      null,
      { id: '129', title: 'Spirited Away', releaseDate: '2001-07-20' },
      { id: '603', title: 'The Matrix', releaseDate: '1999-03-31' },
    ]);
    assert.equal(answer.statements, 1);
  });

  it('takes a number of statements that does not grow with the number of movies', async () => {
    const reference = (count: number) =>
      movies.ask(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on Movie { ${EVERY_LIST} } } }`, {
        of: Array.from({ length: count }, (_, index) => ({ __typename: 'Movie', id: `copy-${index}` })),
      });
    const [one, hundred] = [await reference(1), await reference(100)];
    assert.equal(dataOf(hundred)._entities.length, 100);
    assert.equal(dataOf(hundred)._entities[99].genres.length, 2);
    assert.equal(one.statements, 9); // movies, seven lists, collections
    assert.equal(hundred.statements, one.statements);

    const list = (first: number) =>
      movies.ask(`query ($first: Int) { movies(first: $first) { totalCount edges { node { ${EVERY_LIST} } } } }`, {
        first,
      });
    const [few, many] = [await list(2), await list(100)];
    assert.equal(dataOf(many).movies.edges.length, 100);
    assert.equal(few.statements, 10); // and the total
    assert.equal(many.statements, few.statements);
  });

  it('reads only what was selected', async () => {
    assert.equal((await movies.ask('{ movies { edges { node { id title posterUrl } } } }')).statements, 1);
    assert.equal((await movies.ask('{ movies { totalCount } }')).statements, 2);
    assert.equal((await movies.ask('{ movies { edges { node { genres { name } } } } }')).statements, 2);
  });

  it('takes one statement for the movies of many collections and genres', async () => {
    const query = `query ($first: Int) { movies(first: $first) { edges { node {
      collection { movies(first: 3) { totalCount edges { node { id } } } }
      genres { movies(first: 2, orderBy: { field: REVENUE }) { edges { node { id } } } }
    } } } }`;
    const [few, many] = [await movies.ask(query, { first: 2 }), await movies.ask(query, { first: 50 })];
    assert.equal(dataOf(few).movies.edges.length, 2);
    assert.equal(many.statements, few.statements);
    assert.equal(few.statements, 6); // movies, collections, their movies, their counts, genres, their movies
  });

  it('does not mind ids that no movie can have', async () => {
    const { movie } = dataOf(await movies.ask('query ($id: ID!) { movie(id: $id) { id } }', { id: "'; --" }));
    assert.equal(movie, null);
    for (const id of ['a\0b', '\ud800']) {
      const representations = [id, '603'].map((each) => ({ __typename: 'Movie', id: each }));
      const odd = await movies.ask(
        `query ($id: ID!, $ids: [ID!]!, $representations: [_Any!]!) {
          movie(id: $id) { id } genre(id: $id) { id } moviesByIds(ids: $ids) { id }
          movies(filter: { genres: { any: [$id] } }) { totalCount }
          _entities(representations: $representations) { ... on Movie { id } }
        }`,
        { id, ids: [id, '603'], representations },
      );
      assert.deepEqual(dataOf(odd), {
        ...{ movie: null, genre: null, moviesByIds: [null, { id: '603' }], movies: { totalCount: 0 } },
        _entities: [null, { id: '603' }],
      });
      const search = await movies.ask('query ($text: String!) { searchMovies(query: $text) { totalCount } }', {
        text: id,
      });
      assert.equal(search.errors?.[0]?.extensions.code, 'BAD_USER_INPUT');
    }
  });

  it('shows an update at once', async () => {
    await observe(database.pool, [movieOf('603', { ...THE_MATRIX, tagline: 'Believe the unbelievable.' })]);
    const { movie } = dataOf(await movies.ask('{ movie(id: "603") { tagline } }'));
    assert.equal(movie.tagline, 'Believe the unbelievable.');
  });
});
