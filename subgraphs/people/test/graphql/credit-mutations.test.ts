import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '@marquee/postgres/transaction';
import { dataOf } from '@marquee/testing/subgraph-process';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { movieOf, part } from '../fixtures/credits.ts';
import { observe } from '../fixtures/database.ts';
import { directs, MATRIX, neo, trinity } from '../fixtures/the-matrix.ts';
import { writablePeople } from '../fixtures/writable-people.ts';
import { ask, tell, told, write } from '../fixtures/writing.ts';

const day = (n: number) => new Date(Date.UTC(2026, 10, n));

describe('mutations of credits', () => {
  const subject = writablePeople();
  const { rows, creditsOf, shown, partOf } = subject;

  const create = (input: object, more = {}) =>
    write(subject.people, 'createCredit', { input: { movieId: '603', personId: '6384', ...input }, ...more });

  it('create, change in part, clear and delete parts and jobs', async () => {
    await observe(subject.pool, [MATRIX]);
    await told(subject.pool);
    const made = await create({ cast: { character: ' Himself ' } });
    const { id } = made;
    assert.deepEqual(made, {
      __typename: 'CastCredit',
      id,
      version: 2,
      character: 'Himself',
      order: 2,
      person: { id: '6384' },
    });
    assert.deepEqual(await told(subject.pool), [
      'MovieCredits 603 2 updated ["movie-603", "person-6384"] ["6384", "530"]',
    ]);
    const first = await create({ personId: '9340', cast: { order: 0 } });
    assert.deepEqual([first.order, first.character, first.version], [0, null, 3]);
    const edited = await write(subject.people, 'updateCredit', {
      id,
      version: 2,
      input: { cast: { character: null, order: 9 } },
    });
    assert.deepEqual([edited.character, edited.order, edited.version], [null, 9, 4]);
    const wrote = await create({ crew: { department: 'Writing', job: 'Writer' } });
    const rewrote = await write(subject.people, 'updateCredit', {
      id: wrote.id,
      version: 5,
      input: { crew: { job: 'Screenplay' } },
    });
    assert.deepEqual([rewrote.department, rewrote.job, rewrote.version], ['Writing', 'Screenplay', 6]);
    const filmography = dataOf(
      await subject.people.ask('{ person(id: "6384") { filmography { edges { node { id version job } } } } }'),
    );
    assert.deepEqual(
      filmography.person.filmography.edges.map(({ node }: { node: { job: string | null } }) => node.job),
      [null, null, 'Screenplay'],
    );
    assert.equal(filmography.person.filmography.edges[1].node.id, id);
    assert.deepEqual(await write(subject.people, 'deleteCredit', { id, version: 4 }), {
      __typename: 'DeletedCredit',
      id,
      version: 7,
    });
    assert.deepEqual(await rows(`select state from credit_overrides`), [{ state: 'made' }, { state: 'made' }]);
  });

  it('survive what TMDb says of the movie later', async () => {
    await observe(subject.pool, [MATRIX]);
    const { id } = await create({ cast: { character: 'Extra' } });
    await write(subject.people, 'updateCredit', { id, version: 2, input: { cast: { character: 'Guest' } } });
    await observe(subject.pool, [movieOf('603', { cast: [trinity] })], day(23));
    assert.deepEqual(await shown('603'), ['530 Trinity', '6384 Guest']);
    await observe(subject.pool, [movieOf('603', {})], day(24));
    assert.deepEqual(await shown('603'), ['6384 Guest']);
  });

  it('edits of a credit from TMDb stay until they are released; so do deletions', async () => {
    await observe(subject.pool, [MATRIX]);
    const played = await partOf('603', '6384');
    const edited = await write(subject.people, 'updateCredit', {
      id: played.id,
      version: 1,
      input: { cast: { character: 'Thomas Anderson' } },
    });
    assert.equal(edited.version, 2);
    const other = await partOf('603', '530');
    assert.equal(other.version, 1);
    const gone = await write(subject.people, 'deleteCredit', { id: other.id, version: 1 });
    assert.deepEqual(gone, { __typename: 'DeletedCredit', id: other.id, version: 3 });
    const said = movieOf('603', {
      cast: [
        { ...neo, character: 'The One', order: 5 },
        { ...trinity, character: 'Trin' },
      ],
      crew: [directs],
    });
    await observe(subject.pool, [said], day(23));
    assert.deepEqual(await shown('603'), ['6384 Thomas Anderson', '9340 Director']);
    assert.equal((await creditsOf('603')).cast[0]?.version, 4, 'its place is what TMDb says');
    await observe(subject.pool, [movieOf('603', { crew: [directs] })], day(24));
    assert.deepEqual(await shown('603'), ['9340 Director'], 'whether it is there is TMDb’s word');
    await observe(subject.pool, [said], day(25));
    assert.deepEqual(await shown('603'), ['6384 Thomas Anderson', '9340 Director']);
    await told(subject.pool);
    const result = await write(subject.people, 'releaseCreditOverrides', { movieId: '603', ids: [other.id] });
    assert.deepEqual(result, { __typename: 'Movie', id: '603' });
    assert.deepEqual(await shown('603'), ['530 Trin', '6384 Thomas Anderson', '9340 Director']);
    await write(subject.people, 'releaseCreditOverrides', { movieId: '603' });
    assert.deepEqual(await shown('603'), ['530 Trin', '6384 The One', '9340 Director']);
    assert.deepEqual(await rows('select * from credit_overrides'), []);
    assert.equal((await told(subject.pool)).length, 2);
    const wrong = await write(subject.people, 'releaseCreditOverrides', { movieId: '604', ids: [other.id] });
    assert.deepEqual([wrong.faults[0].code, wrong.faults[0].path], ['OTHER_FILM', ['ids', '0']]);
    assert.equal((await write(subject.people, 'releaseCreditOverrides', { movieId: '604' })).code, 'NOT_FOUND');
  });

  it('a movie whose last credit is deleted tells so, and can have it released', async () => {
    await observe(subject.pool, [movieOf('11', { cast: [part('1', { creditId: 'only' })] })]);
    await told(subject.pool);
    const { id, version } = await partOf('11', '1');
    await write(subject.people, 'deleteCredit', { id, version });
    assert.deepEqual(await told(subject.pool), ['MovieCredits 11 2 deleted ["movie-11"]']);
    await write(subject.people, 'releaseCreditOverrides', { movieId: '11' });
    assert.deepEqual(await told(subject.pool), ['MovieCredits 11 3 created ["movie-11", "person-1"] ["1"]']);
    assert.equal((await partOf('11', '1')).version, 3);
  });

  it('say what is wrong, what is not there, and what was changed meanwhile', async () => {
    await observe(subject.pool, [MATRIX]);
    const codes = ({ faults }: { faults: { path: string[]; code: string }[] }) =>
      faults.map(({ path, code }) => [...path, code].join(' '));
    assert.deepEqual(codes(await create({})), ['input NOT_ONE']);
    assert.deepEqual(codes(await create({ cast: {}, crew: { department: 'A', job: 'B' } })), ['input NOT_ONE']);
    assert.deepEqual(codes(await create({ crew: { department: ' ', job: 'x'.repeat(256) } })), [
      'input crew department TOO_SHORT',
      'input crew job TOO_LONG',
    ]);
    const { id } = await partOf('603', '6384');
    const update = (input: object, version = 1) => write(subject.people, 'updateCredit', { id, version, input });
    assert.deepEqual(codes(await update({ crew: { job: 'Director' } })), ['input crew OTHER_KIND']);
    assert.deepEqual(codes(await update({ cast: { order: null } })), ['input cast order REQUIRED']);
    assert.deepEqual(codes(await update({ cast: {} })), ['input cast NOTHING_TO_CHANGE']);
    assert.deepEqual(await update({ cast: { order: 3 } }, 9), {
      __typename: 'ConflictError',
      code: 'CONFLICT',
      path: ['version'],
      id,
      currentVersion: 1,
    });
    for (const [input, path, missing] of [
      [{ movieId: '999' }, 'movieId', '999'],
      [{ movieId: '6\u00003' }, 'movieId', '6\u00003'],
      [{ personId: 'nobody' }, 'personId', 'nobody'],
    ] as const) {
      assert.deepEqual(await create({ ...input, cast: {} }), {
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        path: ['input', path],
        id: missing,
      });
    }
    for (const unknown of ['neo', '', 'NjAzIHVua25vd24']) {
      const refused = await write(subject.people, 'deleteCredit', { id: unknown, version: 1 });
      assert.deepEqual(refused, { __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['id'], id: unknown });
    }
    const batch = await write(subject.people, 'changeCredits', {
      changes: [
        { create: { movieId: '603', personId: '530', cast: {} } },
        { create: { movieId: '603', personId: 'nobody', cast: {} } },
      ],
    });
    assert.deepEqual(batch.path, ['changes', '1', 'create', 'personId']);
    assert.equal((await creditsOf('603')).cast.length, 2, 'nothing of it is done');
    assert.deepEqual(await rows('select * from credit_overrides'), []);
  });

  it('a movie is known by what movies tells, or by its credits; not one that movies has deleted', async () => {
    await observe(subject.pool, [MATRIX]);
    await tell(subject.pool, ['empty', 'gone']);
    await tell(subject.pool, ['gone'], 'deleted');
    assert.equal((await create({ movieId: 'empty', cast: {} })).__typename, 'CastCredit');
    assert.equal((await create({ movieId: 'gone', cast: {} })).code, 'NOT_FOUND');
    assert.equal((await rows(`select from entity_versions where id = 'gone' and version > 0`)).length, 0);
  });

  it('a movie that was made a moment ago is waited for', async () => {
    await observe(subject.pool, [MATRIX]);
    const movieId = randomUUIDv7();
    const made = create({ movieId, cast: {} });
    await sleep(500);
    await tell(subject.pool, [movieId], 'created');
    assert.equal((await made).__typename, 'CastCredit');
    const started = Date.now();
    assert.equal((await create({ movieId: randomUUIDv7(), cast: {} })).code, 'NOT_FOUND');
    assert.ok(Date.now() - started >= 2_000);
  });

  it('the same one five times at once with one key has one effect', async () => {
    await observe(subject.pool, [MATRIX]);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => create({ cast: { character: 'Once' } }, { idempotencyKey: 'a part' })),
    );
    assert.equal(new Set(results.map(({ id }) => id)).size, 1);
    assert.deepEqual(await shown('603'), ['6384 Neo', '530 Trinity', '6384 Once', '9340 Director']);
  });

  it('in as many statements for a hundred as for one', async () => {
    const movies = Array.from({ length: 34 }, (_, n) =>
      movieOf(`${n}`, { cast: [part('1', { creditId: `a${n}` }), part('2', { creditId: `b${n}`, order: 1 })] }),
    );
    await observe(subject.pool, movies);
    const statements = [];
    for (const [from, to] of [
      [0, 1],
      [1, 34],
    ] as const) {
      const changes = [];
      for (const { movieId } of movies.slice(from, to)) {
        const { cast } = await creditsOf(movieId);
        const [one, two] = cast.map(({ id, version }) => ({ id, version }));
        changes.push(
          { create: { movieId, personId: '2', crew: { department: 'Art', job: 'Painter' } } },
          { update: { ...one, input: { cast: { character: 'A' } } } },
          { delete: two },
        );
      }
      const answer = await ask(subject.people, 'changeCredits', { changes });
      assert.equal(dataOf(answer).result.results.length, changes.length);
      statements.push(answer.statements);
    }
    assert.equal(statements[0], statements[1]);
  });

  it('a movie that movies deletes takes what clients did along, and comes back with it and the latest of TMDb', async () => {
    await observe(subject.pool, [MATRIX]);
    const { id } = await create({ cast: { character: 'Made' } });
    const edited = await partOf('603', '6384');
    await write(subject.people, 'updateCredit', {
      id: edited.id,
      version: 1,
      input: { cast: { character: 'Edited' } },
    });
    const doomed = await partOf('603', '530');
    await write(subject.people, 'deleteCredit', { id: doomed.id, version: 1 });
    const before = await shown('603');
    assert.deepEqual(before, ['6384 Edited', '6384 Made', '9340 Director']);
    await tell(subject.pool, ['603'], 'deleted');
    assert.deepEqual(await shown('603'), []);
    assert.equal(
      (await write(subject.people, 'updateCredit', { id, version: 2, input: { cast: { order: 1 } } })).code,
      'NOT_FOUND',
    );
    await tell(subject.pool, ['603'], 'created');
    assert.deepEqual(await shown('603'), before);
    await tell(subject.pool, ['603'], 'deleted');
    await write(subject.people, 'deletePerson', { id: '9340', version: 1 });
    await observe(
      subject.pool,
      [movieOf('603', { cast: [{ ...neo, order: 4 }, { ...trinity, character: 'T' }, part('8')], crew: [directs] })],
      day(23),
    );
    await tell(subject.pool, ['603'], 'created');
    assert.deepEqual(await shown('603'), ['8 undefined', '6384 Made', '6384 Edited']);
    await write(subject.people, 'releaseCreditOverrides', { movieId: '603' });
    await write(subject.people, 'releasePersonOverrides', { id: '9340', version: 2 });
    assert.deepEqual(await shown('603'), ['8 undefined', '530 T', '6384 Made', '6384 Neo', '9340 Director']);
  });

  it('a movie that TMDb deletes comes back with what clients did, whichever subgraph hears of it first', async () => {
    await observe(subject.pool, [MATRIX]);
    await create({ cast: { character: 'Made' } });
    const edited = await partOf('603', '6384');
    await write(subject.people, 'updateCredit', {
      id: edited.id,
      version: 1,
      input: { cast: { character: 'Edited' } },
    });
    const doomed = await partOf('603', '530');
    await write(subject.people, 'deleteCredit', { id: doomed.id, version: 1 });
    await write(subject.people, 'updatePerson', { id: '6384', version: 1, input: { name: 'Mine' } });
    const before = await shown('603');
    const forget = (second: number) =>
      inTransaction(subject.pool, (tx) =>
        handleMovieCredits(tx, { observed: [], deleted: [{ subject: '603', observedAt: day(second) }] }),
      );
    const returns = (second: number) => observe(subject.pool, [MATRIX], day(second));
    const orders = [
      [
        () => forget(23),
        () => tell(subject.pool, ['603'], 'deleted'),
        () => tell(subject.pool, ['603']),
        () => returns(24),
      ],
      [
        () => tell(subject.pool, ['603'], 'deleted'),
        () => forget(25),
        () => returns(26),
        () => tell(subject.pool, ['603']),
      ],
    ];
    for (const [first, second, third, fourth] of orders) {
      await first?.();
      await second?.();
      assert.deepEqual(await shown('603'), []);
      await third?.();
      await fourth?.();
      assert.deepEqual(await shown('603'), before);
      const { rows: named } = await subject.pool.query(`select name from persons where id = '6384'`);
      assert.deepEqual(named, [{ name: 'Mine' }]);
    }
  });

  it('a person who is deleted while their movie is gone is not in it when it is back', async () => {
    await observe(subject.pool, [MATRIX]);
    const { id } = await write(subject.people, 'createPerson', { input: { name: 'A' } });
    await create({ personId: id, cast: { character: 'Made' } });
    await tell(subject.pool, ['603'], 'deleted');
    await write(subject.people, 'deletePerson', { id, version: 1 });
    await write(subject.people, 'deletePerson', { id: '6384', version: 1 });
    await tell(subject.pool, ['603'], 'created');
    assert.deepEqual(await shown('603'), ['530 Trinity', '9340 Director']);
    await tell(subject.pool, ['603'], 'deleted');
    await write(subject.people, 'releasePersonOverrides', { id: '6384', version: 2 });
    await tell(subject.pool, ['603'], 'created');
    assert.deepEqual(await shown('603'), ['6384 Neo', '530 Trinity', '9340 Director']);
  });
});
