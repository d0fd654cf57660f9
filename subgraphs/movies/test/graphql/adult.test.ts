import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const SHARED = {
  genres: [{ id: 18, name: 'Drama' }],
  keywords: [
    { id: 1, name: 'bay' },
    { id: 2, name: 'night' },
  ],
  productionCompanies: [{ id: 3, name: 'Bay Pictures', logoPath: null, originCountry: null }],
  collection: { id: 4, name: 'Bay Collection', posterPath: null, backdropPath: null },
};

/** The pornographic ones are the most popular. */
const MOVIES = [
  movieOf('1', { ...SHARED, title: 'Quibble Bay', popularity: 10 }),
  movieOf('2', { ...SHARED, title: 'Quibble Bay Returns', popularity: 5 }),
  movieOf('3', { ...SHARED, title: 'Quibble Bay After Dark', popularity: 90, adult: true }),
  movieOf('4', { ...SHARED, title: '湾の夜', originalTitle: '湾の夜', popularity: 80, adult: true }),
  movieOf('5', { ...SHARED, title: 'Quibble Bay Uncovered', popularity: 0.5, adult: true }),
];

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

interface List {
  readonly totalCount: number;
  readonly countUpTo: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
}
const FIELDS = 'totalCount countUpTo(limit: 100) edges { cursor node { id } } pageInfo { hasNextPage }';

/** Each list of movies with the arguments that it has, by what leads to it. */
const LISTS: Readonly<Record<string, (args: string) => string>> = {
  movies: (args) => `list: movies(${args}) { ${FIELDS} }`,
  'movies of a genre, by a filter': (args) =>
    `list: movies(${args}, filter: { genres: { any: ["18"] } }) { ${FIELDS} }`,
  'movies of a genre and a keyword, by a filter': (args) =>
    `list: movies(${args}, filter: { genres: { any: ["18"] }, keywords: { all: ["1"] } }) { ${FIELDS} }`,
  'movies without a keyword, by a filter': (args) =>
    `list: movies(${args}, filter: { keywords: { none: ["9"] } }) { ${FIELDS} }`,
  'movies in the order of votes': (args) =>
    `list: movies(${args}, orderBy: { field: VOTE_COUNT, direction: DESC }) { ${FIELDS} }`,
  'movies of a genre': (args) => `at: genre(id: "18") { list: movies(${args}) { ${FIELDS} } }`,
  'movies of a keyword': (args) => `at: keyword(id: "2") { list: movies(${args}) { ${FIELDS} } }`,
  'movies of a company': (args) => `at: company(id: "3") { list: movies(${args}) { ${FIELDS} } }`,
  'movies of a collection': (args) => `at: collection(id: "4") { list: movies(${args}) { ${FIELDS} } }`,
};

async function read(list: (args: string) => string, args: string): Promise<List> {
  const data = dataOf(await movies.ask(`{ ${list(args)} }`));
  return data.list ?? data.at.list;
}
const idsOf = ({ edges }: List) => edges.map(({ node }) => node.id).toSorted();

describe('pornographic movies', () => {
  for (const [name, list] of Object.entries(LISTS)) {
    it(`are left out of ${name} unless asked for, and of their counts and pages`, async () => {
      const shown = await read(list, 'first: 10');
      assert.deepEqual(idsOf(shown), ['1', '2']);
      assert.deepEqual([shown.totalCount, shown.countUpTo], [2, 2]);
      const second = await read(list, `first: 10, after: "${shown.edges[0]?.cursor}"`);
      assert.deepEqual(second.edges, shown.edges.slice(1));
      const whole = await read(list, 'first: 10, includeAdult: true');
      assert.deepEqual(idsOf(whole), ['1', '2', '3', '4', '5']);
      assert.deepEqual([whole.totalCount, whole.countUpTo], [5, 5]);
    });
  }

  it('are not found unless asked for: by words, by a misspelling, by characters, by the whole title', async () => {
    for (const [query, shown, whole] of [
      ['quibble bay', ['1', '2'], ['1', '2', '3', '5']],
      ['quibble bey', ['1', '2'], ['1', '2', '3']],
      ['quibble bay uncovered', [], ['5']],
      ['湾', [], ['4']],
      ['湾の夜', [], ['4']],
    ] as const) {
      const list = (args: string) => `list: searchMovies(query: "${query}", ${args}) { ${FIELDS} }`;
      const found = await read(list, 'first: 10');
      for (const id of idsOf(found)) assert.ok(['1', '2'].includes(id), `${query} found ${id}`);
      assert.deepEqual(
        shown.filter((id) => !idsOf(found).includes(id)),
        [],
        query,
      );
      assert.equal(found.totalCount, found.edges.length, query);
      const all = await read(list, 'first: 10, includeAdult: true');
      assert.deepEqual(
        whole.filter((id) => !idsOf(all).includes(id)),
        [],
        query,
      );
      assert.equal(all.totalCount, all.edges.length, query);
    }
  });

  it('are listed by a filter that asks for them', async () => {
    const list = (args: string) => `list: movies(${args}, filter: { adult: true }) { ${FIELDS} }`;
    const found = await read(list, 'first: 10');
    assert.deepEqual(idsOf(found), ['3', '4', '5']);
    assert.equal(found.totalCount, 3);
    const none = await read(
      (args) => `list: movies(${args}, filter: { adult: false }) { ${FIELDS} }`,
      'includeAdult: true',
    );
    assert.deepEqual([idsOf(none), none.totalCount], [['1', '2'], 2]);
  });

  it('are like one another, for those who ask for them', async () => {
    const similar = async (id: string, args: string) => {
      const data = dataOf(await movies.ask(`{ movie(id: "${id}") { similar${args} { node { id } } } }`));
      return data.movie.similar.map(({ node }: { node: { id: string } }) => node.id).toSorted();
    };
    assert.deepEqual(await similar('1', ''), ['2']);
    assert.deepEqual(await similar('3', ''), []);
    assert.deepEqual(await similar('3', '(includeAdult: true)'), ['4', '5']);
    assert.deepEqual(await similar('1', '(includeAdult: true)'), ['2']);
  });

  it('are there by their ids', async () => {
    const data = dataOf(await movies.ask('{ movie(id: "3") { id adult } moviesByIds(ids: ["4", "1"]) { id } }'));
    assert.deepEqual(data, { movie: { id: '3', adult: true }, moviesByIds: [{ id: '4' }, { id: '1' }] });
  });

  it('are counted apart, whatever becomes of them', async () => {
    const counts = async () => {
      const query = '{ shown: movies { totalCount } whole: movies(includeAdult: true) { totalCount } }';
      const { shown, whole } = dataOf(await movies.ask(query));
      return [shown.totalCount, whole.totalCount];
    };
    await observe(database.pool, [movieOf('6', { adult: true }), movieOf('7')]);
    assert.deepEqual(await counts(), [3, 7]);
    await observe(database.pool, [movieOf('6'), movieOf('7', { adult: true })]);
    assert.deepEqual(await counts(), [3, 7]);
    await observe(database.pool, [movieOf('7')]);
    assert.deepEqual(await counts(), [4, 7]);
    await observe(database.pool, [movieOf('6', { adult: true })]);
    await database.pool.query(`delete from movies where id in ('6', '7')`);
    assert.deepEqual(await counts(), [2, 5]);
  });

  it('are told as such to those who follow', async () => {
    await database.pool.query('delete from outbox');
    await observe(database.pool, [movieOf('8', { adult: true, releaseDate: '2001-02-03' }), movieOf('9')]);
    const { rows } = await database.pool.query('select entity_id as id, facts from outbox order by 1');
    assert.deepEqual(rows, [
      { id: '8', facts: { film: { releaseDate: '2001-02-03', adult: true } } },
      { id: '9', facts: { film: { releaseDate: null } } },
    ]);
  });
});
