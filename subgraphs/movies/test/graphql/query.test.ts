import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertForgedCursorsAreRefused } from '@marquee/testing/forged-cursors';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { MOVIES } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const PAGE = 'totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const BY_POPULARITY = ['19995', '603', '129', '604', '194', '1000001'];

let database: MoviesDatabase;
let movies: RunningSubgraph;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, MOVIES);
  movies = await startSubgraph(['serve'], { ...database.env, TMDB_IMAGE_BASE_URL: 'http://images.example/t/p/' });
});
after(async () => {
  await movies?.stop();
  await database.drop();
});

interface Edges {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
}
const idsOf = ({ edges }: Edges) => edges.map(({ node }) => node.id);

describe('Query', () => {
  it('pages through movies forward and backward', async () => {
    const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
      movies(first: $first, after: $after, last: $last, before: $before, orderBy: { field: POPULARITY, direction: DESC }) { ${PAGE} } }`;
    const first = dataOf(await movies.ask(query, { first: 4 })).movies;
    assert.deepEqual(idsOf(first), BY_POPULARITY.slice(0, 4));
    assert.equal(first.totalCount, 6);
    const { pageInfo, edges } = first;
    assert.deepEqual(pageInfo, {
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges[3].cursor,
    });
    const second = dataOf(await movies.ask(query, { first: 4, after: pageInfo.endCursor })).movies;
    assert.deepEqual(idsOf(second), BY_POPULARITY.slice(4));
    assert.equal(second.pageInfo.hasNextPage, false);
    assert.equal(second.pageInfo.hasPreviousPage, true);
    const back = dataOf(await movies.ask(query, { last: 3, before: second.pageInfo.startCursor })).movies;
    assert.deepEqual(idsOf(back), BY_POPULARITY.slice(1, 4));
    assert.equal(back.pageInfo.hasPreviousPage, true);
    assert.equal(back.pageInfo.hasNextPage, true);
    const end = dataOf(await movies.ask(query, { last: 2 })).movies;
    assert.deepEqual(idsOf(end), BY_POPULARITY.slice(4));
  });

  it('sorts by popularity unless asked otherwise, and downwards unless asked otherwise', async () => {
    assert.deepEqual(idsOf(dataOf(await movies.ask('{ movies { edges { node { id } } } }')).movies), BY_POPULARITY);
    const byRuntime = await movies.ask('{ movies(orderBy: { field: RUNTIME }) { edges { node { id } } } }');
    assert.deepEqual(idsOf(dataOf(byRuntime).movies), ['19995', '604', '603', '129', '194', '1000001']);
  });

  it('refuses every forged cursor before Postgres sees it', async () => {
    const fields = [
      'POPULARITY',
      'RELEASE_DATE',
      'TITLE',
      'REVENUE',
      'BUDGET',
      'RUNTIME',
      'VOTE_COUNT',
      'VOTE_AVERAGE',
    ];
    const lists = [
      ...[...fields, 'WEIGHTED_SCORE'].flatMap((field) =>
        ['ASC', 'DESC'].map((direction) => ({
          query: `movies(ARGS, orderBy: { field: ${field}, direction: ${direction} }) { edges { cursor } }`,
          path: ['movies'],
        })),
      ),
      { query: 'searchMovies(query: "the", ARGS) { edges { cursor } }', path: ['searchMovies'] },
      { query: 'collections(ARGS) { edges { cursor } }', path: ['collections'] },
      { query: 'companies(ARGS) { edges { cursor } }', path: ['companies'] },
      { query: 'keywords(ARGS) { edges { cursor } }', path: ['keywords'] },
      { query: 'genre(id: "878") { movies(ARGS) { edges { cursor } } }', path: ['genre', 'movies'] },
    ];
    for (const list of lists) await assertForgedCursorsAreRefused((...asked) => movies.ask(...asked), list);
  });

  it('counts no further than asked', async () => {
    const query = `{
      movies { two: countUpTo(limit: 2) all: countUpTo totalCount }
      some: movies(filter: { genres: { any: ["28"] } }) { countUpTo(limit: 2) totalCount }
      searchMovies(query: "the matrix") { one: countUpTo(limit: 1) totalCount }
      genre(id: "28") { movies { one: countUpTo(limit: 1) all: countUpTo } }
    }`;
    const { movies: all, some, searchMovies, genre } = dataOf(await movies.ask(query));
    assert.deepEqual({ ...all }, { two: 2, all: 6, totalCount: 6 });
    assert.deepEqual({ ...some }, { countUpTo: 2, totalCount: 3 });
    assert.equal(searchMovies.one, 1);
    assert.deepEqual({ ...genre.movies }, { one: 1, all: 3 });
    for (const limit of [0, 10_001]) {
      assert.equal(codeOf(await movies.ask(`{ movies { countUpTo(limit: ${limit}) } }`)), 'BAD_USER_INPUT');
    }
  });

  it('filters', async () => {
    const query = 'query ($filter: MovieFilter) { movies(filter: $filter) { totalCount edges { node { id } } } }';
    for (const [filter, expected] of [
      [{ genreIds: ['878', '35'] }, ['603', '604', '194']],
      [{ genreIds: ['not a number'] }, []],
      [{ originalLanguage: 'en', releasedFrom: '2000-01-01' }, ['19995', '604']],
      [{ releasedFrom: '2001-04-25', releasedTo: '2001-07-20' }, ['129', '194']],
      [{}, BY_POPULARITY],
    ] as const) {
      const found = dataOf(await movies.ask(query, { filter })).movies;
      assert.deepEqual(idsOf(found), expected, JSON.stringify(filter));
      assert.equal(found.totalCount, expected.length);
    }
  });

  it('searches, and pages through what it found', async () => {
    const query = `query ($query: String!, $after: String) { searchMovies(query: $query, first: 1, after: $after) { ${PAGE} } }`;
    const first = dataOf(await movies.ask(query, { query: 'matrix' })).searchMovies;
    assert.deepEqual(idsOf(first), ['603']);
    assert.equal(first.totalCount, 2);
    const second = dataOf(await movies.ask(query, { query: 'matrix', after: first.pageInfo.endCursor })).searchMovies;
    assert.deepEqual(idsOf(second), ['604']);
    assert.equal(second.pageInfo.hasNextPage, false);
  });

  it('knows genres and collections with their movies', async () => {
    const { genres, genre, collection, nothing, nonsense } = dataOf(
      await movies.ask(`{
        genres { id name }
        genre(id: "28") { name movies(first: 2) { totalCount edges { node { id } } } }
        collection(id: "2344") { name posterUrl(size: W92) movies { edges { node { id } } } }
        nothing: genre(id: "12345") { id }
        nonsense: collection(id: "99999999999") { id }
      }`),
    );
    assert.deepEqual(
      genres.map(({ name }: { name: string }) => name),
      ['Action', 'Animation', 'Comedy', 'Science Fiction'],
    );
    assert.deepEqual({ ...genre, movies: idsOf(genre.movies) }, { name: 'Action', movies: ['19995', '603'] });
    assert.equal(genre.movies.totalCount, 3);
    assert.equal(collection.posterUrl, 'http://images.example/t/p/w92/bV9qTVHTVf0gkW0j7p7M0ILD4pG.jpg');
    assert.deepEqual(idsOf(collection.movies), ['603', '604']);
    assert.equal(nothing, null);
    assert.equal(nonsense, null);
  });

  it('filters by everything at once, in one statement and one more for the count', async () => {
    const query =
      'query ($filter: MovieFilter, $count: Boolean!) { movies(filter: $filter, first: 100) { totalCount @include(if: $count) edges { node { id } } } }';
    const filter = {
      genres: { any: ['878', '35'], all: ['28'], none: ['16'] },
      keywords: { all: ['83', '310'] },
      companies: { any: ['79'] },
      productionCountries: { all: ['US', 'AU'] },
      originCountries: { any: ['US'] },
      spokenLanguages: { any: ['en'], none: ['fr'] },
      originalLanguages: ['en', 'fr'],
      collectionIds: ['2344'],
      statuses: ['Released'],
      releasedFrom: '1999-01-01',
      releaseYear: { max: 1999 },
      runtime: { min: 136, max: 136 },
      budget: { min: 63_000_000 },
      revenue: { max: 3_000_000_000 },
      popularity: { min: 81.5 },
      adult: false,
      video: false,
      certification: { country: 'US', any: ['R'] },
      title: 'matr',
    };
    for (const count of [false, true]) {
      const answer = await movies.ask(query, { filter, count });
      assert.deepEqual(idsOf(dataOf(answer).movies), ['603']);
      assert.equal(answer.statements, count ? 2 : 1);
      assert.equal(dataOf(answer).movies.totalCount, count ? 1 : undefined);
    }
    const none = await movies.ask(query, { filter: { ...filter, voteCount: { min: 1 } }, count: true });
    assert.equal(dataOf(none).movies.totalCount, 0);
  });

  it('filters and sorts by votes', async () => {
    await database.pool.query(`insert into movie_votes (movie_id, vote_average, vote_count, weighted_score)
      values ('603', 8.2, 27000, 8.1), ('194', 7.9, 11000, 7.8), ('604', null, 0, null), ('no movie', 9, 9, 9)
      on conflict (movie_id) do update
      set vote_average = excluded.vote_average, vote_count = excluded.vote_count, weighted_score = excluded.weighted_score`);
    const query =
      'query ($filter: MovieFilter, $orderBy: MovieOrder!) { movies(filter: $filter, orderBy: $orderBy) { edges { node { id } } } }';
    const ask = async (filter: object, orderBy: object) =>
      idsOf(dataOf(await movies.ask(query, { filter, orderBy })).movies);
    assert.deepEqual((await ask({}, { field: 'VOTE_AVERAGE' })).slice(0, 2), ['603', '194']);
    assert.deepEqual((await ask({}, { field: 'WEIGHTED_SCORE', direction: 'ASC' })).slice(0, 2), ['194', '603']);
    assert.equal((await ask({}, { field: 'VOTE_COUNT', direction: 'ASC' })).length, MOVIES.length);
    assert.deepEqual(await ask({ voteAverage: { min: 8 } }, { field: 'TITLE' }), ['603']);
    assert.deepEqual(await ask({ voteCount: { min: 1, max: 20_000 } }, { field: 'VOTE_COUNT' }), ['194']);
    await database.pool.query("delete from movie_votes where movie_id in ('194', 'no movie')");
    assert.deepEqual(await ask({ voteCount: { min: 1 } }, { field: 'VOTE_COUNT' }), ['603']);
    assert.equal(
      (await ask({}, { field: 'VOTE_COUNT' })).length,
      MOVIES.length,
      'a movie without votes stays in the list',
    );
  });

  it('answers for many ids at once, each in its place', async () => {
    const answer = await movies.ask('{ moviesByIds(ids: ["603", "unknown", "129", "603"]) { id title } }');
    assert.deepEqual(
      dataOf(answer).moviesByIds.map((movie: { id: string } | null) => movie?.id ?? null),
      ['603', null, '129', '603'],
    );
    assert.equal(answer.statements, 1);
    const tooMany = await movies.ask('query ($ids: [ID!]!) { moviesByIds(ids: $ids) { id } }', {
      ids: Array.from({ length: 101 }, (_, index) => `${index}`),
    });
    assert.equal(codeOf(tooMany), 'BAD_USER_INPUT');
  });

  it('lists what movies share by name, and its movies', async () => {
    const answer = await movies.ask(`{
      keywords(nameStartsWith: "SAV") { totalCount edges { node { id name movies { totalCount edges { node { id } } } } } }
      companies(first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { node { name logoUrl movies { edges { node { id } } } } } }
      collections { edges { node { id movies(first: 1) { totalCount edges { node { id } } } } } }
      keyword(id: "310") { name movies { edges { node { id } } } }
      company(id: "79") { name }
      nothing: company(id: "1") { id }
      nonsense: keyword(id: "x") { id }
    }`);
    const { keywords, companies, collections, keyword, company, nothing, nonsense } = dataOf(answer);
    assert.equal(keywords.totalCount, 1);
    assert.deepEqual(keywords.edges[0].node, {
      id: '83',
      name: 'saving the world',
      movies: { totalCount: 1, edges: [{ node: { id: '603' } }] },
    });
    assert.equal(companies.edges[0].node.name, 'Groucho II Movie Partnership');
    assert.deepEqual(idsOf(companies.edges[0].node.movies), ['603']);
    assert.equal(companies.totalCount, 2);
    assert.equal(companies.pageInfo.hasNextPage, true);
    assert.deepEqual(collections.edges[0].node, {
      id: '2344',
      movies: { totalCount: 2, edges: [{ node: { id: '603' } }] },
    });
    assert.deepEqual([keyword.name, idsOf(keyword.movies)], ['artificial intelligence (a.i.)', ['603']]);
    assert.equal(company.name, 'Village Roadshow Pictures');
    assert.equal(nothing, null);
    assert.equal(nonsense, null);
    const after = await movies.ask('query ($after: String) { companies(after: $after) { edges { node { id } } } }', {
      after: companies.pageInfo.endCursor,
    });
    assert.deepEqual(idsOf(dataOf(after).companies), ['79']);
    const other = await movies.ask('query ($after: String) { keywords(after: $after) { edges { node { id } } } }', {
      after: companies.pageInfo.endCursor,
    });
    assert.equal(codeOf(other), 'BAD_USER_INPUT');
  });

  it('finds movies that are alike, in one statement for all', async () => {
    const answer = await movies.ask(
      '{ moviesByIds(ids: ["603", "604", "194", "129"]) { similar(first: 1) { score node { id } } } }',
    );
    const [matrix, reloaded, amelie] = dataOf(answer).moviesByIds;
    assert.equal(matrix.similar[0].node.id, '604');
    assert.equal(reloaded.similar[0].node.id, '603');
    // The same two genres, one collection, and no keyword that another movie has.
    assert.ok(Math.abs(matrix.similar[0].score - (0.3 + 0.1 + 0.05 * Math.log10(53.25))) < 1e-9);
    assert.deepEqual(amelie.similar, []);
    assert.equal(answer.statements, 2);
    assert.equal(codeOf(await movies.ask('{ movie(id: "603") { similar(first: 51) { score } } }')), 'BAD_USER_INPUT');
  });

  it('refuses what it cannot answer with one clear message', async () => {
    const cursor = dataOf(await movies.ask('{ movies(first: 1) { pageInfo { endCursor } } }')).movies.pageInfo
      .endCursor;
    for (const [query, message] of [
      ['{ movies(first: 101) { totalCount } }', /at most 100/],
      ['{ movies(first: -1) { totalCount } }', /must not be negative/],
      ['{ movies(first: 1, last: 1) { totalCount } }', /not both/],
      ['{ movies(after: "x") { totalCount } }', /`after` is not a cursor/],
      [`{ movies(after: "${cursor}", orderBy: { field: TITLE }) { totalCount } }`, /another ordering/],
      [`{ searchMovies(query: "x", after: "${cursor}") { totalCount } }`, /another ordering/],
      ['{ searchMovies(query: " ") { totalCount } }', /blank/],
      [`{ searchMovies(query: "${'x'.repeat(201)}") { totalCount } }`, /at most 200/],
      ['{ movies(filter: { releasedFrom: "2002-01-01", releasedTo: "2001-01-01" }) { totalCount } }', /exchange them/],
    ] as const) {
      const answer = await movies.ask(query);
      assert.equal(codeOf(answer), 'BAD_USER_INPUT', query);
      assert.match(answer.errors?.[0]?.message ?? '', message);
      assert.equal(answer.statements, 0);
    }
    const badDate = await movies.ask('{ movies(filter: { releasedFrom: "2001-02-30" }) { totalCount } }');
    assert.equal(codeOf(badDate), 'GRAPHQL_VALIDATION_FAILED');
  });
});
