import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { ERRORS, user } from '../fixtures/clients.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const SHOWN = 'voteAverage voteCount weightedScore userVoteAverage userVoteCount';

describe('mutations of ratings', () => {
  let database: RatingsDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    const many = Array.from({ length: 100 }, (_, n) => movieOf(`${1000 + n}`, 7, 100));
    await observe(database.pool, [
      movieOf('603', 8.203, 20624),
      movieOf('604', 7, 3),
      movieOf('605', null, 0),
      ...many,
    ]);
    await database.pool.query(`insert into movies (id) values ('606'), ('607'), ('608')`);
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const announced = () =>
    rows(`with sent as (delete from outbox returning *)
      select entity, entity_id, version::int, change, tags, facts from sent order by seq`);
  const ratingOf = async (id: string, who?: string) => {
    const query = `query ($movies: [_Any!]!) {
      _entities(representations: $movies) { ... on Movie { rating { ${SHOWN} } viewerRating { value movie { id } } } }
    }`;
    const movies = { movies: [{ __typename: 'Movie', id }] };
    return dataOf(await subgraph.ask(query, movies, who === undefined ? undefined : user(who)))._entities[0];
  };
  const rate = async (who: string, movieId: string, value: number, idempotencyKey?: string) =>
    dataOf(
      await subgraph.ask(
        `mutation ($movieId: ID!, $value: Float!, $idempotencyKey: String) {
          rateMovie(movieId: $movieId, value: $value, idempotencyKey: $idempotencyKey) {
            ${ERRORS} ... on UserRating { value ratedAt movie { id } }
          }
        }`,
        { movieId, value, idempotencyKey },
        user(who),
      ),
    ).rateMovie;
  const unrate = async (who: string, movieId: string) =>
    dataOf(
      await subgraph.ask(
        `mutation ($movieId: ID!) { unrateMovie(movieId: $movieId) { ${ERRORS} ... on UnratedMovie { movieId movie { id } } } }`,
        { movieId },
        user(who),
      ),
    ).unrateMovie;
  const batch = async (who: string, ratings: object[]) =>
    subgraph.ask(
      `mutation ($ratings: [MovieRatingInput!]!) {
        rateMovies(ratings: $ratings) { ${ERRORS} ... on RatedMovies { movies { id viewerRating { value } rating { userVoteCount } } } }
      }`,
      { ratings },
      user(who),
    );

  it("counts a user's vote with TMDb's, tells of it, and gives TMDb's back to the last digit", async () => {
    const untouched = await ratingOf('603');
    assert.deepEqual(untouched, {
      rating: {
        voteAverage: 8.203,
        voteCount: 20624,
        weightedScore: (20624 * 8.203 + 500 * 6.5) / 21124,
        userVoteAverage: null,
        userVoteCount: 0,
      },
      viewerRating: null,
    });
    await announced();
    const rated = await rate('one', '603', 9.5);
    assert.deepEqual([rated.__typename, rated.value, rated.movie], ['UserRating', 9.5, { id: '603' }]);
    assert.ok(Math.abs(Date.now() - Date.parse(rated.ratedAt)) < 60_000);
    const expected = {
      voteAverage: (20624 * 8.203 + 9.5) / 20625,
      voteCount: 20625,
      weightedScore: (20624 * 8.203 + 9.5 + 500 * 6.5) / 21125,
    };
    assert.deepEqual(await ratingOf('603', 'one'), {
      rating: { ...expected, userVoteAverage: 9.5, userVoteCount: 1 },
      viewerRating: { value: 9.5, movie: { id: '603' } },
    });
    assert.equal((await ratingOf('603', 'two')).viewerRating, null);
    assert.deepEqual(await announced(), [
      {
        ...{ entity: 'Rating', entity_id: '603', version: 2, change: 'updated', tags: ['movie-603', 'ratings'] },
        facts: { votes: expected },
      },
    ]);
    assert.deepEqual((await rate('one', '603', 9.5)).ratedAt, rated.ratedAt, 'the same again changes nothing');
    assert.deepEqual(await announced(), []);
    await rate('one', '603', 1);
    await rate('two', '603', 6);
    assert.deepEqual((await ratingOf('603')).rating.userVoteAverage, 3.5);
    assert.deepEqual(await unrate('one', '603'), { __typename: 'UnratedMovie', movieId: '603', movie: { id: '603' } });
    await unrate('two', '603');
    assert.deepEqual(await ratingOf('603', 'one'), untouched);
  });

  it('rates a movie that only users vote for, and one of which movies alone knows', async () => {
    await rate('one', '606', 8);
    await rate('two', '606', 5);
    await rate('one', '605', 10);
    const chart = dataOf(
      await subgraph.ask('{ topRated(filter: { minVotes: 2, score: { max: 6.5 } }) { edges { score node { id } } } }'),
    );
    assert.deepEqual((await ratingOf('606')).rating, {
      voteAverage: 6.5,
      voteCount: 2,
      weightedScore: 6.5,
      userVoteAverage: 6.5,
      userVoteCount: 2,
    });
    assert.ok(
      chart.topRated.edges.some(
        ({ node, score }: { node: { id: string }; score: number }) => node.id === '606' && score === 6.5,
      ),
    );
    assert.deepEqual((await ratingOf('605')).rating.voteAverage, 10);
  });

  it('refuses what cannot be', async () => {
    const faults = async (value: number) =>
      (await rate('one', '603', value)).faults.map((each: { path: string[]; code: string }) => [each.path, each.code]);
    for (const value of [0, 0.4, 0.75, 10.5, -1, 1e300])
      assert.deepEqual(await faults(value), [[['value'], 'OUT_OF_STEP']]);
    assert.deepEqual(await rate('one', 'unknown', 5), {
      ...{ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['movieId'], id: 'unknown' },
      message: 'No movie has the id unknown.',
    });
    assert.deepEqual(await unrate('nobody', '603'), {
      ...{ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['movieId'], id: '603' },
      message: 'You do not rate the movie 603.',
    });
    assert.equal((await rate('one', 'a\0b', 5)).faults[0].code, 'UNSTORABLE');
    assert.deepEqual(await rows(`select from entity_versions where id = 'unknown'`), []);
  });

  it('lets nobody write without the scope, and names it', async () => {
    const mutation = 'mutation { rateMovie(movieId: "604", value: 5) { __typename } }';
    assert.equal(codeOf(await subgraph.ask(mutation)), 'UNAUTHENTICATED');
    const answer = await subgraph.ask(mutation, {}, { subject: 'one', scopes: ['movies:write'] });
    assert.equal(codeOf(answer), 'FORBIDDEN');
    assert.match(JSON.stringify(answer.errors), /"missingScopes":\["ratings:write"\]/);
    assert.equal(codeOf(await subgraph.ask('{ viewerRatings { totalCount } }')), 'UNAUTHENTICATED');
    assert.deepEqual(await rows(`select from user_ratings where movie_id = '604'`), []);
  });

  it('does what has one key once, in series and in parallel, and refuses the key for anything else', async () => {
    for (let time = 0; time < 3; time++) assert.equal((await rate('keyed', '604', 8, 'a')).value, 8);
    await Promise.all(Array.from({ length: 5 }, () => rate('keyed', '604', 9, 'b')));
    assert.equal((await rate('keyed', '604', 8, 'a')).value, 9, 'what stands now, and not the first rating again');
    assert.deepEqual(await rows(`select value from user_ratings where subject = 'keyed'`), [{ value: 9 }]);
    assert.equal((await ratingOf('604')).rating.userVoteCount, 1);
    const reused = await rate('keyed', '604', 7, 'b');
    assert.deepEqual([reused.code, reused.faults[0].path], ['VALIDATION', ['idempotencyKey']]);
    assert.equal((await rate('other', '604', 7, 'b')).value, 7, 'another user may use the same key');
  });

  it('rates and takes back many movies at once, all or none, by as many statements as one', async () => {
    const ids = Array.from({ length: 100 }, (_, n) => `${1000 + n}`);
    await batch(
      'warm-up',
      ids.map((movieId) => ({ movieId, value: 5 })),
    );
    const one = await batch('single', [{ movieId: '1000', value: 5 }]);
    const hundred = await batch(
      'many',
      ids.map((movieId, n) => ({ movieId, value: 0.5 + (n % 20) / 2 })),
    );
    assert.equal(one.statements, hundred.statements);
    const { movies } = dataOf(hundred).rateMovies;
    assert.deepEqual(movies[3], { id: '1003', viewerRating: { value: 2 }, rating: { userVoteCount: 2 } });
    assert.equal(movies.length, 100);

    const mixed = dataOf(
      await batch('many', [
        { movieId: '1003', value: null },
        { movieId: '1004', value: 3 },
      ]),
    ).rateMovies;
    assert.deepEqual(
      mixed.movies.map(({ viewerRating }: { viewerRating: object | null }) => viewerRating),
      [null, { value: 3 }],
    );
    const before = await rows('select * from user_ratings order by 1, 2');
    const refused = dataOf(
      await batch('many', [
        { movieId: '1005', value: 1 },
        { movieId: 'unknown', value: 1 },
      ]),
    ).rateMovies;
    assert.deepEqual([refused.code, refused.path], ['NOT_FOUND', ['ratings', '1', 'movieId']]);
    const twice = dataOf(
      await batch('many', [{ movieId: '1', value: 1 }, { movieId: '1' }, { movieId: '2', value: 0.1 }]),
    ).rateMovies;
    assert.deepEqual(
      twice.faults.map((fault: { path: string[]; code: string }) => `${fault.path} ${fault.code}`).sort(),
      ['ratings,1,movieId REPEATED', 'ratings,2,value OUT_OF_STEP'],
    );
    assert.equal(dataOf(await batch('many', [])).rateMovies.faults[0].code, 'TOO_SHORT');
    assert.deepEqual(await rows('select * from user_ratings order by 1, 2'), before);
  });

  it('loses no vote of those who rate one movie at once, beside observations of it', async () => {
    const raters = Array.from({ length: 60 }, (_, n) => `rater${n}`);
    await Promise.all([
      ...raters.map((who, n) => rate(who, '607', 0.5 + (n % 20) / 2)),
      ...[1, 2, 3, 4].map((n) => observe(database.pool, [movieOf('607', 8, n * 100)])),
    ]);
    const [{ expected, count }] = await rows(
      `select sum(value) as expected, count(*)::int as count from user_ratings where movie_id = '607'`,
    );
    assert.equal(count, 60);
    assert.deepEqual(await rows(`select user_vote_sum, user_vote_count from ratings where movie_id = '607'`), [
      { user_vote_sum: expected, user_vote_count: 60 },
    ]);
    const [{ votes }] = await rows(`select vote_count as votes from ratings where movie_id = '607'`);
    assert.equal((await ratingOf('607')).rating.voteCount, votes + 60);
    await Promise.all(raters.slice(0, 50).map((who) => unrate(who, '607')));
    assert.equal((await ratingOf('607')).rating.userVoteCount, 10);
  });

  it("an observation takes over TMDb's part alone, and TMDb's deletion leaves the users' part", async () => {
    await observe(database.pool, [movieOf('700', 8, 10)]);
    await rate('one', '700', 4);
    await observe(database.pool, [movieOf('700', 9, 20)]);
    assert.equal((await ratingOf('700')).rating.voteAverage, (20 * 9 + 4) / 21);
    await observe(database.pool, [movieOf('700', null, 0)]);
    assert.deepEqual((await ratingOf('700')).rating.voteAverage, 4);
  });

  it('a vote makes a movie warmer; to rate and take back again and again does not', async () => {
    const heat = async () => (await rows(`select heat from ratings where movie_id = '608'`))[0]?.heat ?? null;
    await rate('one', '608', 8);
    const [once, day] = [await heat(), Date.now() / 604_800_000];
    assert.ok(Math.abs(once - day) < 0.001, 'one vote of this moment');
    for (let round = 0; round < 5; round++) {
      await rate('two', '608', 8);
      await rate('two', '608', 9);
      assert.ok(Math.abs((await heat()) - once - 1) < 0.001, 'two votes, twice as warm');
      await unrate('two', '608');
    }
    assert.ok(Math.abs((await heat()) - once) < 0.001);
    await unrate('one', '608');
    assert.equal(await heat(), null);
  });

  it("lists the viewer's ratings, the newest first, in both directions, and nobody else's", async () => {
    const ids = Array.from({ length: 9 }, (_, n) => `${1010 + n}`);
    for (const movieId of ids) await rate('lister', movieId, 5);
    await rate('lister', '1012', 6);
    const newest = ['1012', ...ids.toReversed().filter((id) => id !== '1012')];
    const read = async (args: string) =>
      dataOf(
        await subgraph.ask(
          `{ viewerRatings(${args}) { totalCount edges { node { value movie { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
          {},
          user('lister'),
        ),
      ).viewerRatings;
    const idsOf = (page: { edges: { node: { movie: { id: string } } }[] }) =>
      page.edges.map(({ node }) => node.movie.id);
    let page = await read('first: 4');
    assert.deepEqual([page.totalCount, page.edges[0].node.value], [9, 6]);
    const forward = idsOf(page);
    while (page.pageInfo.hasNextPage) {
      page = await read(`first: 4, after: "${page.pageInfo.endCursor}"`);
      forward.push(...idsOf(page));
    }
    assert.deepEqual(forward, newest);
    page = await read('last: 4');
    const backward = idsOf(page);
    while (page.pageInfo.hasPreviousPage) {
      page = await read(`last: 4, before: "${page.pageInfo.startCursor}"`);
      backward.unshift(...idsOf(page));
    }
    assert.deepEqual(backward, newest);
  });

  it('waits a moment for a movie that was made just now', async () => {
    const [id, never] = [randomUUIDv7(), randomUUIDv7()];
    const rating = rate('one', id, 7);
    await sleep(400);
    await database.pool.query('insert into movies (id) values ($1)', [id]);
    assert.equal((await rating).value, 7);
    const started = Date.now();
    assert.equal((await rate('one', never, 7)).code, 'NOT_FOUND');
    assert.ok(Date.now() - started >= 2_000);
  });

  it('shows a later field of one operation what an earlier one did', async () => {
    const answer = await subgraph.ask(
      `mutation {
        a: rateMovie(movieId: "605", value: 2) { ... on UserRating { value movie { rating { userVoteAverage } } } }
        b: rateMovie(movieId: "605", value: 4) { ... on UserRating { value movie { rating { userVoteAverage } } } }
      }`,
      {},
      user('one'),
    );
    const { a, b } = dataOf(answer);
    assert.deepEqual(
      [a, b].map(({ value, movie }) => [value, movie.rating.userVoteAverage]),
      [
        [2, 2],
        [4, 4],
      ],
    );
  });

  it('a movie counts as known by its reviews', async () => {
    await observe(database.pool, [movieOf('800', null, 0, [review('r800')])]);
    await database.pool.query(`delete from ratings where movie_id = '800'`);
    assert.equal((await rate('one', '800', 5)).value, 5);
  });
});
