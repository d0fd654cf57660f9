import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { followingMovies } from '../../src/infrastructure/movies-follower.ts';
import { user } from '../fixtures/clients.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

let database: RatingsDatabase;
let ratings: RunningSubgraph;

/** Movies tells of a movie. */
const tell = (entityId: string, adult: boolean) =>
  inTransaction(database.pool, (tx) =>
    followingMovies.handler(tx, [
      {
        ...{ eventId: 'event', occurredAt: new Date(), entity: 'Movie', version: 1, tags: [] },
        ...{ entityId, change: 'updated', facts: { film: { releaseDate: null, ...(adult && { adult }) } } },
      },
    ]),
  );

before(async () => {
  database = await ratingsDatabase();
  const by = (id: string) => [review(id, { authorUsername: 'reader' })];
  // 2 is told of before its votes are, 4 after them; of 5 movies has told nothing yet.
  await tell('2', true);
  await observe(database.pool, [
    movieOf('1', 7, 1_000, by('a')),
    movieOf('2', 9.9, 95_000, by('b')),
    movieOf('3', 6, 500, by('c')),
    movieOf('4', 9.8, 90_000, by('d')),
    movieOf('5', 3, 400, by('e')),
  ]);
  for (const [id, adult] of [
    ['1', false],
    ['3', false],
    ['4', true],
  ] as const) {
    await tell(id, adult);
  }
  await database.pool.query(`update ratings set heat = extract(epoch from now()) / 604800 + 10 + vote_average`);
  ratings = await startSubgraph(['serve'], database.env);
  for (const movieId of ['1', '2']) {
    const rate = `mutation { rateMovie(movieId: "${movieId}", value: 9) { __typename } }`;
    assert.equal(dataOf(await ratings.ask(rate, {}, user('viewer'))).rateMovie.__typename, 'UserRating');
  }
});
after(async () => {
  await ratings?.stop();
  await database.drop();
});

interface List {
  readonly totalCount: number;
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: { readonly id?: string; readonly movie?: { readonly id: string } };
  }[];
}
const idsOf = ({ edges }: List) => edges.map(({ node }) => node.movie?.id ?? node.id).join(' ');

describe('pornographic movies', () => {
  for (const [name, list, shown, whole] of [
    ['topRated', (args: string) => `topRated(${args})`, '1 3 5', '2 4 1 3 5'],
    ['topRated with few votes', (args: string) => `topRated(${args}, filter: { minVotes: 500 })`, '1 3', '2 4 1 3'],
    ['mostVoted', (args: string) => `mostVoted(${args})`, '1 3 5', '2 4 1 3 5'],
    ['trending', (args: string) => `trending(${args})`, '1 3 5', '2 4 1 3 5'],
    ['trending with a score', (args: string) => `trending(${args}, filter: { score: { min: 6.3 } })`, '1', '2 4 1'],
  ] as const) {
    it(`are left out of ${name} unless asked for, and of its count and pages`, async () => {
      const read = async (args: string): Promise<List> =>
        dataOf(await ratings.ask(`{ list: ${list(args)} { totalCount edges { cursor node { id } } } }`)).list;
      const first = await read('first: 1');
      const rest = await read(`first: 9, after: "${first.edges[0]?.cursor}"`);
      assert.equal([idsOf(first), idsOf(rest)].filter(Boolean).join(' '), shown);
      assert.equal(first.totalCount, shown.split(' ').length);
      const all = await read('last: 9, includeAdult: true');
      assert.equal(idsOf(all), whole);
      assert.equal(all.totalCount, all.edges.length);
    });
  }

  it('are left out of what an author wrote and what the viewer rated unless asked for', async () => {
    for (const [list, shown, whole] of [
      ['reviewsByAuthor(username: "reader", ', ['1', '3', '5'], ['1', '2', '3', '4', '5']],
      ['viewerRatings(', ['1'], ['1', '2']],
    ] as const) {
      for (const [args, expected] of [
        ['first: 9', shown],
        ['first: 9, includeAdult: true', whole],
      ] as const) {
        const query = `{ list: ${list}${args}) { totalCount edges { cursor node { movie { id } } } } }`;
        const found: List = dataOf(await ratings.ask(query, {}, user('viewer'))).list;
        assert.deepEqual(idsOf(found).split(' ').toSorted(), expected, list);
        assert.equal(found.totalCount, expected.length, list);
      }
    }
  });

  it('have their votes and reviews by their ids', async () => {
    const query = `query ($all: [_Any!]!) {
      _entities(representations: $all) { ... on Movie { rating { voteCount } reviews { totalCount } viewerRating { value } } }
      review(id: "b") { movie { id } }
    }`;
    const all = [{ __typename: 'Movie', id: '2' }];
    assert.deepEqual(dataOf(await ratings.ask(query, { all }, user('viewer'))), {
      _entities: [{ rating: { voteCount: 95_001 }, reviews: { totalCount: 1 }, viewerRating: { value: 9 } }],
      review: { movie: { id: '2' } },
    });
  });

  it('stale charts when movies tells that they are, and when it tells that they are not', async () => {
    await database.pool.query('delete from outbox');
    for (const adult of [true, true, false]) await tell('3', adult);
    const { rows } = await database.pool.query('select entity, entity_id as id, tags, facts from outbox order by seq');
    const { votes } = rows[0]?.facts ?? {};
    assert.deepEqual([votes.voteAverage, votes.voteCount], [6, 500]);
    const told = { entity: 'Rating', id: '3', tags: ['movie-3', 'ratings'], facts: { votes } };
    assert.deepEqual(rows, [told, told]);
  });
});
