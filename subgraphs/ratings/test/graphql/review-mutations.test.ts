import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { CONFLICTS, moderator, REFUSALS, user } from '../fixtures/clients.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const FACTS = 'id author authorName authorUsername rating content url createdAt updatedAt version isMine movie { id }';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const writer = user('writer@example.org');

describe('mutations of reviews', () => {
  let database: RatingsDatabase;
  let subgraph: RunningSubgraph;
  const told = [
    movieOf('603', 8, 10, [review('tmdb', { authorUsername: 'reader', rating: 8 }), review('shared')]),
    movieOf('604', 7, 3, [review('shared', { createdAt: '2021-01-01T00:00:00Z' })]),
  ];
  before(async () => {
    database = await ratingsDatabase();
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });
  beforeEach(async () => {
    const tables = ['ratings', 'reviews', 'user_reviews', 'moderated_reviews', 'withheld_reviews', 'movies', 'outbox'];
    for (const table of [...tables, 'entity_versions', 'idempotency_keys'])
      await database.pool.query(`delete from ${table}`);
    await observe(database.pool, told);
    await database.pool.query(`insert into movies (id) select n::text from generate_series(1000, 1101) n`);
    await announced();
  });

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const announced = async () =>
    (await rows(`with sent as (delete from outbox returning *) select * from sent order by seq`)).map(
      ({ entity, entity_id, version, change, tags }) => `${entity} ${entity_id} ${version} ${change} ${tags.join(' ')}`,
    );
  const run = async (field: string, types: string, args: object, selection: string, who = writer) => {
    const declared = types === '' ? '' : `(${types.replaceAll(/(\w+): /g, '$$$1: ')})`;
    const passed = types === '' ? '' : `(${types.replaceAll(/(\w+): [^,]+/g, '$1: $$$1')})`;
    const answer = await subgraph.ask(`mutation ${declared} { ${field}${passed} { ${selection} } }`, args, who);
    return { ...dataOf(answer)[field], statements: answer.statements };
  };
  const create = (input: object, who = writer, idempotencyKey?: string) =>
    run(
      'createReview',
      'input: CreateReviewInput!, idempotencyKey: String',
      { input, idempotencyKey },
      `${REFUSALS} ... on Review { ${FACTS} }`,
      who,
    );
  const update = (id: string, version: number, input: object, who = writer) =>
    run(
      'updateReview',
      'id: ID!, version: Int!, input: UpdateReviewInput!',
      { id, version, input },
      `${REFUSALS} ... on Review { ${FACTS} }`,
      who,
    );
  const remove = (id: string, version: number, who = writer) =>
    run(
      'deleteReview',
      'id: ID!, version: Int!',
      { id, version },
      `${REFUSALS} ... on DeletedReview { id version }`,
      who,
    );
  const release = (id: string, version: number, idempotencyKey?: string) =>
    run(
      'releaseReview',
      'id: ID!, version: Int!, idempotencyKey: String',
      { id, version, idempotencyKey },
      `${CONFLICTS} ... on ReleasedReview { id version review { id content } }`,
      moderator,
    );
  const change = (changes: object[], who = writer) =>
    run(
      'changeReviews',
      'changes: [ReviewChangeInput!]!',
      { changes },
      `${REFUSALS} ... on ChangedReviews { results { ... on Review { id version content } ... on DeletedReview { deleted: id version } } }`,
      who,
    );
  const listOf = async (movieId: string) => {
    const query = `query ($movies: [_Any!]!) {
      _entities(representations: $movies) { ... on Movie { reviews { totalCount edges { node { id content isMine } } } } }
    }`;
    const { _entities } = dataOf(await subgraph.ask(query, { movies: [{ __typename: 'Movie', id: movieId }] }, writer));
    const { totalCount, edges } = _entities[0].reviews;
    assert.equal(totalCount, edges.length);
    return edges.map(({ node }: { node: { id: string } }) => node.id);
  };
  const faultsOf = (answer: { faults: { path: string[]; code: string }[] }) =>
    answer.faults.map(({ path, code }) => `${path.join('.')} ${code}`).sort();

  it('publishes a review, signed as its author says, and tells nobody whose it is', async () => {
    const made = await create({ movieId: '603', content: ' Whoa. ', rating: 9.5 });
    assert.match(made.id, UUID_V7);
    const { statements, id, createdAt, __typename, ...facts } = made;
    assert.deepEqual(facts, {
      author: 'Anonymous',
      authorName: null,
      authorUsername: null,
      rating: 9.5,
      content: 'Whoa.',
      url: null,
      updatedAt: null,
      version: 1,
      isMine: true,
      movie: { id: '603' },
    });
    assert.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000);
    assert.deepEqual(await listOf('603'), [id, 'tmdb', 'shared']);
    assert.deepEqual(await announced(), [`Review ${id} 1 created review-${id} movie-603`]);
    const query = `{ review(id: "${id}") { ${FACTS} } theirs: review(id: "tmdb") { version isMine } }`;
    for (const who of [undefined, user('other')]) {
      const seen = dataOf(await subgraph.ask(query, {}, who));
      assert.equal(seen.review.isMine, false);
      assert.deepEqual(seen.theirs, { version: 1, isMine: false });
      assert.doesNotMatch(JSON.stringify(seen), /writer/);
    }
    assert.equal((await create({ movieId: '604', content: 'Again.', author: 'A Reader' })).author, 'A Reader');
    const by = dataOf(await subgraph.ask('{ reviewsByAuthor(username: "writer@example.org") { totalCount } }'));
    assert.equal(by.reviewsByAuthor.totalCount, 0);
    assert.deepEqual(await rows(`select vote_count, total_count from ratings where movie_id = '603'`), [
      { vote_count: 10, total_count: 10 },
    ]);
  });

  it('is one for each movie and user', async () => {
    const { id } = await create({ movieId: '603', content: 'First.' });
    await update(id, 1, { content: 'Second.' });
    const { statements, message, ...second } = await create({ movieId: '603', content: 'Another.' });
    assert.deepEqual(second, {
      ...{ __typename: 'ConflictError', code: 'CONFLICT', path: ['input', 'movieId'], id, currentVersion: 2 },
    });
    assert.equal((await create({ movieId: '603', content: 'Theirs.' }, user('other'))).__typename, 'Review');
    const both = await Promise.all([
      create({ movieId: '1000', content: 'One.' }),
      create({ movieId: '1000', content: 'Two.' }),
    ]);
    assert.deepEqual(both.map(({ __typename }) => __typename).sort(), ['ConflictError', 'Review']);
  });

  it('changes what is given, clears what is null and keeps what is absent', async () => {
    const { id, createdAt } = await create({ movieId: '603', content: 'One.', rating: 7, author: 'A Reader' });
    await announced();
    const rated = await update(id, 1, { rating: null });
    assert.deepEqual([rated.content, rated.rating, rated.author, rated.version], ['One.', null, 'A Reader', 2]);
    assert.equal(rated.createdAt, createdAt);
    assert.ok(rated.updatedAt);
    const unsigned = await update(id, 2, { author: null, content: 'Two.' });
    assert.deepEqual([unsigned.content, unsigned.author, unsigned.version], ['Two.', 'Anonymous', 3]);
    assert.deepEqual(
      await announced(),
      [2, 3].map((n) => `Review ${id} ${n} updated review-${id} movie-603`),
    );
    assert.equal((await update(id, 3, { content: 'Two.' })).version, 3, 'the same again changes nothing');
    assert.deepEqual(await announced(), []);
  });

  it('says everything that is wrong with values', async () => {
    assert.deepEqual(faultsOf(await create({ movieId: '', content: ' ', rating: 11, author: 'x'.repeat(101) })), [
      'input.author TOO_LONG',
      'input.content TOO_SHORT',
      'input.movieId TOO_SHORT',
      'input.rating OUT_OF_STEP',
    ]);
    const { id } = await create({ movieId: '603', content: 'One.' });
    assert.deepEqual(faultsOf(await update(id, 1, { content: null })), ['input.content REQUIRED']);
    assert.deepEqual(faultsOf(await update(id, 1, { content: 'a\0' })), ['input.content UNSTORABLE']);
    assert.deepEqual(faultsOf(await create({ movieId: '604', content: 'x' }, writer, 'é')), [
      'idempotencyKey INVALID_IDEMPOTENCY_KEY',
    ]);
    const twice = [
      { create: { movieId: '1000', content: 'x' } },
      { create: { movieId: '1000', content: 'y' } },
      { update: { id, version: 1, input: {} } },
      { delete: { id, version: 1 } },
    ];
    assert.deepEqual(faultsOf(await change(twice)), [
      'changes.1.create.movieId REPEATED',
      'changes.3.delete.id REPEATED',
    ]);
    assert.deepEqual(faultsOf(await change([])), ['changes TOO_SHORT']);
  });

  it('refuses what is not there, what is not its own, and what was changed meanwhile', async () => {
    const { id } = await create({ movieId: '603', content: 'One.' });
    const missing = await create({ movieId: 'unknown', content: 'x' });
    assert.deepEqual([missing.code, missing.path, missing.id], ['NOT_FOUND', ['input', 'movieId'], 'unknown']);
    assert.deepEqual((await update('unknown', 1, {})).path, ['id']);
    for (const [foreign, who] of [
      [id, user('other')],
      ['tmdb', writer],
      ['tmdb', moderator],
      [id, moderator],
    ] as const) {
      const refused = await update(foreign, 1, { content: 'x' }, who);
      assert.deepEqual([refused.code, refused.path, refused.id], ['FORBIDDEN', ['id'], foreign]);
    }
    assert.equal((await remove('tmdb', 1)).code, 'FORBIDDEN');
    assert.equal((await remove(id, 1, user('other'))).code, 'FORBIDDEN');
    const both = await Promise.all([update(id, 1, { content: 'Two.' }), update(id, 1, { content: 'Three.' })]);
    const lost = both.find(({ code }) => code === 'CONFLICT');
    assert.equal(both.filter(({ __typename }) => __typename === 'Review').length, 1);
    assert.deepEqual([lost?.path, lost?.id, lost?.currentVersion], [['version'], id, 2]);
    assert.equal((await remove(id, 1)).currentVersion, 2);
    const release = `mutation { releaseReview(id: "${id}", version: 1) { __typename } }`;
    assert.equal(codeOf(await subgraph.ask(release, {}, writer)), 'FORBIDDEN');
  });

  it('deletes its own for good, and may write anew', async () => {
    const { id } = await create({ movieId: '603', content: 'One.' });
    await announced();
    const { statements, ...deleted } = await remove(id, 1);
    assert.deepEqual(deleted, { __typename: 'DeletedReview', id, version: 2 });
    assert.deepEqual(await announced(), [`Review ${id} 2 deleted review-${id} movie-603`]);
    await observe(database.pool, told);
    assert.deepEqual(await listOf('603'), ['tmdb', 'shared']);
    assert.equal((await remove(id, 2)).code, 'NOT_FOUND');
    assert.equal((await release(id, 2)).code, 'NOT_FOUND');
    assert.equal((await create({ movieId: '603', content: 'Anew.' })).version, 1);
  });

  it('is not touched by what TMDb says, nor what TMDb says by it', async () => {
    const { id } = await create({ movieId: '603', content: 'One.' });
    await observe(database.pool, [movieOf('603', 8, 11, [review('newer'), review(id, { content: 'not mine' })])]);
    assert.deepEqual(await listOf('603'), [id, 'newer']);
    const { review: kept } = dataOf(await subgraph.ask(`{ review(id: "${id}") { content } }`));
    assert.equal(kept.content, 'One.');
  });

  it('a moderator takes away anybody’s, which stays away whatever is observed, until it is released', async () => {
    const { id } = await create({ movieId: '603', content: 'One.' });
    await announced();
    const { version } = await remove('shared', 1, moderator);
    assert.equal((await remove(id, 1, moderator)).version, 2);
    assert.deepEqual(await announced(), [
      'Review shared 2 deleted review-shared movie-604 movie-603',
      `Review ${id} 2 deleted review-${id} movie-603`,
    ]);
    await observe(database.pool, [
      movieOf('603', 8, 12, [review('tmdb'), review('shared', { content: 'Changed.' })]),
      movieOf('604', 7, 3, [review('shared', { content: 'Changed too.', createdAt: '2021-01-01T00:00:00Z' })]),
    ]);
    assert.deepEqual([await listOf('603'), await listOf('604')], [['tmdb'], []]);
    assert.ok(!(await announced()).some((line) => line.includes('Review shared')));
    const again = await create({ movieId: '603', content: 'Once more.' });
    assert.deepEqual([again.code, again.path, again.id], ['FORBIDDEN', ['input', 'movieId'], id]);
    assert.equal((await release('tmdb', 1)).code, 'NOT_FOUND');
    assert.equal((await release('shared', 1)).currentVersion, version);
    const released = await release('shared', version);
    assert.deepEqual([released.version, released.review], [3, { id: 'shared', content: 'Changed too.' }]);
    assert.deepEqual([await listOf('603'), await listOf('604')], [['tmdb', 'shared'], ['shared']]);
    assert.equal((await release(id, 2)).review.content, 'One.');
    assert.deepEqual(await announced(), [
      'Review shared 3 created review-shared movie-603 movie-604',
      `Review ${id} 3 created review-${id} movie-603`,
    ]);
    assert.equal((await update(id, 3, { content: 'Two.' })).version, 4);
  });

  it('releases what TMDb tells no more: nothing is shown', async () => {
    const { version } = await remove('tmdb', 1, moderator);
    await observe(database.pool, [movieOf('603', 8, 10)]);
    const released = await release('tmdb', version);
    assert.deepEqual([released.version, released.review], [version, null]);
    await observe(database.pool, told);
    assert.deepEqual(await listOf('603'), ['tmdb', 'shared']);
  });

  it('does a batch whole or not at all, by as many statements for a hundred as for a few', async () => {
    const movieIds = Array.from({ length: 100 }, (_, n) => `${1000 + n}`);
    const creationsOf = (ids: readonly string[]) =>
      ids.map((movieId) => ({ create: { movieId, content: `Of ${movieId}.` } }));
    const few = await change(creationsOf(['1100', '1101']), user('few'));
    const made = await change(creationsOf(movieIds));
    assert.equal(made.statements, few.statements);
    assert.equal(made.results.length, 100);
    assert.equal(made.results[7].content, 'Of 1007.');
    const ids: string[] = made.results.map(({ id }: { id: string }) => id);
    const mixed = (from: number, to: number) =>
      ids
        .slice(from, to)
        .map((id, n) =>
          n % 2 === 0 ? { update: { id, version: 1, input: { content: 'New.' } } } : { delete: { id, version: 1 } },
        );
    const before = await rows('select * from reviews order by 1, 2');
    await announced();
    const refused = await change([...mixed(0, 50), { delete: { id: ids[60], version: 9 } }]);
    assert.deepEqual([refused.code, refused.path], ['CONFLICT', ['changes', '50', 'delete', 'version']]);
    assert.deepEqual([await rows('select * from reviews order by 1, 2'), await announced()], [before, []]);
    const four = await change(mixed(0, 4));
    const rest = await change(mixed(4, 100));
    assert.equal(four.statements, rest.statements);
    assert.deepEqual(four.results, [
      { id: ids[0], version: 2, content: 'New.' },
      { deleted: ids[1], version: 2 },
      { id: ids[2], version: 2, content: 'New.' },
      { deleted: ids[3], version: 2 },
    ]);
    assert.equal((await announced()).length, 100);
    const replaced = await change([
      { create: { movieId: '1000', content: 'In its place.' } },
      { delete: { id: ids[0], version: 2 } },
    ]);
    assert.deepEqual(replaced.results[1], { deleted: ids[0], version: 3 });
    assert.deepEqual((await listOf('1000')).includes(ids[0] as string), false);
  });

  it('does what has one key once, in series and in parallel', async () => {
    const input = { movieId: '603', content: 'One.' };
    const first = await create(input, writer, 'k');
    const others = await Promise.all(Array.from({ length: 4 }, () => create(input, writer, 'k')));
    assert.deepEqual(
      others.map(({ id }) => id),
      Array(4).fill(first.id),
    );
    assert.deepEqual(faultsOf(await create({ ...input, rating: 1 }, writer, 'k')), [
      'idempotencyKey IDEMPOTENCY_KEY_REUSED',
    ]);
    assert.equal((await announced()).length, 1);
    await remove(first.id, 1);
    assert.equal((await create(input, writer, 'k')).code, 'NOT_FOUND', 'it was made, and is gone since');
  });

  it('stores the result of a release as one object, and returns it for a repeated release', async () => {
    const { id } = await create({ movieId: '603', content: 'One.' });
    await remove(id, 1, moderator);
    const released = await release(id, 2, 'release');
    assert.deepEqual(await rows(`select result from idempotency_keys where key = 'release'`), [
      { result: { id, version: 3, deleted: false } },
    ]);
    const { statements, ...repeated } = await release(id, 2, 'release');
    assert.deepEqual({ ...repeated, statements: released.statements }, released);
  });
});
