import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { FILMS } from '../fixtures/films.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const PAGE = 'totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const BY_POPULARITY = ['19995', '603', '129', '604', '194', '1000001'];

let database: MoviesDatabase;
let movies: RunningSubgraph;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, FILMS);
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
  it('pages through films forward and backward', async () => {
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

  it('knows genres and collections with their films', async () => {
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
