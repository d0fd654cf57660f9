import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeOf, dataOf } from '@marquee/testing/subgraph-process';
import { movieOf, part } from '../fixtures/credits.ts';
import { observe } from '../fixtures/database.ts';
import { directs, KEANU, MATRIX, neo, trinity } from '../fixtures/the-matrix.ts';
import { writablePeople } from '../fixtures/writable-people.ts';
import { ask, told, write } from '../fixtures/writing.ts';

const day = (n: number) => new Date(Date.UTC(2026, 10, n));

describe('mutations of persons', () => {
  const subject = writablePeople();
  const { rows, read, shown } = subject;

  it('create, change in part, clear and delete one', async () => {
    const input = {
      name: ' Buster Keaton ',
      originalName: 'Joseph Frank Keaton',
      gender: 'MALE',
      knownForDepartment: 'Directing',
      profilePath: '/keaton.jpg',
    };
    const { id, ...made } = await write(subject.people, 'createPerson', { input });
    assert.deepEqual(made, {
      __typename: 'Person',
      version: 1,
      name: 'Buster Keaton',
      originalName: 'Joseph Frank Keaton',
      gender: 'MALE',
      knownForDepartment: 'Directing',
      profileUrl: 'http://images.example/t/p/w185/keaton.jpg',
      popularity: null,
      adult: false,
      overrides: [],
    });
    assert.match(id, /^[0-9a-f-]{36}$/);
    const changed = await write(subject.people, 'updatePerson', {
      id,
      version: 1,
      input: { gender: null, popularity: 5 },
    });
    assert.deepEqual(changed, { id, ...made, version: 2, gender: null, popularity: 5 });
    assert.deepEqual(await told(subject.pool), [
      `Person ${id} 1 created ["person-${id}", "persons"]`,
      `Person ${id} 2 updated ["person-${id}", "persons"]`,
    ]);
    const found = dataOf(await subject.people.ask('{ searchPeople(query: "keaton") { edges { node { id } } } }'));
    assert.deepEqual(found.searchPeople.edges, [{ node: { id } }]);
    assert.deepEqual(await write(subject.people, 'deletePerson', { id, version: 2 }), {
      __typename: 'DeletedPerson',
      id,
      version: 3,
    });
    assert.equal(await read(id), null);
    assert.deepEqual(await told(subject.pool), [`Person ${id} 3 deleted ["person-${id}", "persons"]`]);
    assert.deepEqual(await rows('select * from person_overrides'), []);
  });

  it('say all that is wrong with values, and where', async () => {
    const { faults } = await write(subject.people, 'createPerson', {
      input: { name: ' ', profilePath: 'no path', popularity: -1 },
      idempotencyKey: 'é',
    });
    assert.deepEqual(
      faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
      [
        'input name TOO_SHORT',
        'input profilePath NO_IMAGE_PATH',
        'input popularity TOO_SMALL',
        'idempotencyKey INVALID_IDEMPOTENCY_KEY',
      ],
    );
    await observe(subject.pool, [MATRIX]);
    const cleared = await write(subject.people, 'updatePerson', {
      id: '6384',
      version: 1,
      input: { name: null, adult: null },
    });
    assert.deepEqual(
      cleared.faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
      ['input name REQUIRED', 'input adult REQUIRED'],
    );
    const nothing = await write(subject.people, 'updatePerson', { id: '6384', version: 1, input: {} });
    assert.equal(nothing.faults[0].code, 'NOTHING_TO_CHANGE');
    const changes = [
      { delete: { id: '1', version: 1 } },
      { update: { id: '1', version: 1, input: { name: 'x'.repeat(601) } } },
      { delete: { id: '1', version: 1 } },
    ];
    const batch = await write(subject.people, 'changePeople', { changes });
    assert.deepEqual(
      batch.faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
      ['changes 1 update input name TOO_LONG', 'changes 1 update id REPEATED', 'changes 2 delete id REPEATED'],
    );
    assert.equal((await write(subject.people, 'changePeople', { changes: [] })).faults[0].code, 'TOO_SHORT');
  });

  it('name what is not there, and the version of what was changed meanwhile', async () => {
    await observe(subject.pool, [MATRIX]);
    for (const id of ['nobody', 'no\u0000body', 'x'.repeat(100)]) {
      for (const [field, more] of [
        ['updatePerson', { input: { name: 'A' } }],
        ['deletePerson', {}],
        ['releasePersonOverrides', {}],
      ] as const) {
        const refused = await write(subject.people, field, { id, version: 1, ...more });
        assert.deepEqual(refused, { __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['id'], id });
      }
    }
    for (const [field, more] of [
      ['updatePerson', { input: { name: 'A' } }],
      ['deletePerson', {}],
      ['releasePersonOverrides', {}],
    ] as const) {
      const refused = await write(subject.people, field, { id: '6384', version: 7, ...more });
      assert.deepEqual(refused, {
        __typename: 'ConflictError',
        code: 'CONFLICT',
        path: ['version'],
        id: '6384',
        currentVersion: 1,
      });
    }
    const batch = await write(subject.people, 'changePeople', {
      changes: [{ create: { name: 'A' } }, { delete: { id: '6384', version: 2 } }],
    });
    assert.deepEqual(batch.path, ['changes', '1', 'delete', 'version']);
    assert.deepEqual(await rows(`select name from persons where name = 'A'`), [], 'nothing of it is done');
  });

  it('two clients at once: one wins, the other learns the version', async () => {
    await observe(subject.pool, [MATRIX]);
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        write(subject.people, 'updatePerson', { id: '6384', version: 1, input: { name: `Name ${n}` } }),
      ),
    );
    assert.deepEqual(results.map(({ __typename }) => __typename).sort(), [...Array(5).fill('ConflictError'), 'Person']);
    for (const { currentVersion, version } of results) assert.equal(currentVersion ?? version, 2);
  });

  it('the same one five times with one key has one effect, one after another and at once', async () => {
    const five = async (inParallel: boolean, idempotencyKey: string) => {
      const once = () => write(subject.people, 'createPerson', { input: { name: idempotencyKey }, idempotencyKey });
      if (inParallel) return Promise.all(Array.from({ length: 5 }, once));
      const results = [];
      for (let n = 0; n < 5; n += 1) results.push(await once());
      return results;
    };
    for (const inParallel of [false, true]) {
      const results = await five(inParallel, `key ${inParallel}`);
      assert.equal(new Set(results.map(({ id }) => id)).size, 1);
      assert.equal((await rows(`select from persons where name = 'key ${inParallel}'`)).length, 1);
    }
    const reused = await write(subject.people, 'createPerson', {
      input: { name: 'Other' },
      idempotencyKey: 'key true',
    });
    assert.equal(reused.faults[0].code, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('a person that was deleted since is not found by the repetition of what made them', async () => {
    const again = { input: { name: 'A' }, idempotencyKey: 'deleted since' };
    const { id } = await write(subject.people, 'createPerson', again);
    await write(subject.people, 'deletePerson', { id, version: 1 });
    assert.equal((await write(subject.people, 'createPerson', again)).code, 'NOT_FOUND');
  });

  it('all of a batch or nothing, in as many statements for a hundred as for one', async () => {
    await observe(subject.pool, [MATRIX]);
    const statements = [];
    for (const count of [1, 99]) {
      const changes = Array.from({ length: count }, (_, n) => ({ create: { name: `Person ${count} ${n}` } }));
      const answer = await ask(subject.people, 'changePeople', { changes });
      assert.equal(dataOf(answer).result.results.length, count);
      statements.push(answer.statements);
    }
    assert.equal(statements[0], statements[1]);
    const mixed = await write(subject.people, 'changePeople', {
      changes: [
        { update: { id: '530', version: 1, input: { name: 'Carrie-Anne Moss' } } },
        { delete: { id: '9340', version: 1 } },
        { create: { name: 'B' } },
      ],
    });
    assert.deepEqual(
      mixed.results.map(({ __typename }: { __typename: string }) => __typename),
      ['Person', 'DeletedPerson', 'Person'],
    );
  });

  it('edited fields stay until they are released; the others follow TMDb', async () => {
    await observe(subject.pool, [MATRIX]);
    const edited = await write(subject.people, 'updatePerson', {
      id: '6384',
      version: 1,
      input: { name: 'K. Reeves', gender: 'MALE' },
    });
    assert.deepEqual([edited.version, edited.overrides], [2, [{ field: 'NAME' }, { field: 'GENDER' }]]);
    const said = { ...KEANU, name: 'Keanu Charles Reeves', popularity: 99 };
    await told(subject.pool);
    await observe(subject.pool, [movieOf('603', { cast: [{ ...neo, person: said }] })], day(23));
    assert.deepEqual(await read('6384', 'name gender popularity version'), {
      name: 'K. Reeves',
      gender: 'MALE',
      popularity: 99,
      version: 3,
    });
    await told(subject.pool);
    await observe(
      subject.pool,
      [movieOf('603', { cast: [{ ...neo, person: { ...said, name: 'Someone else' } }] })],
      day(24),
    );
    assert.deepEqual(await told(subject.pool), [], 'what is kept aside changes nothing that is shown');
    const one = await write(subject.people, 'releasePersonOverrides', {
      id: '6384',
      version: 3,
      fields: ['NAME', 'ADULT'],
    });
    assert.deepEqual(
      [one.name, one.gender, one.overrides, one.version],
      ['Someone else', 'MALE', [{ field: 'GENDER' }], 4],
    );
    const all = await write(subject.people, 'releasePersonOverrides', { id: '6384', version: 4 });
    assert.deepEqual([all.gender, all.overrides, all.version], [null, [], 5]);
    const again = await write(subject.people, 'releasePersonOverrides', { id: '6384', version: 5 });
    assert.equal(again.version, 5, 'nothing was to be released');
    await observe(subject.pool, [movieOf('603', { cast: [{ ...neo, person: said }] })], day(25));
    assert.equal((await read('6384')).name, 'Keanu Charles Reeves');
  });

  it('a deleted person stays away with all credits, and comes back with the latest of both', async () => {
    await observe(subject.pool, [MATRIX, movieOf('7', { cast: [part('6384', { creditId: 'ted', person: KEANU })] })]);
    const extra = await write(subject.people, 'createCredit', {
      input: { movieId: '603', personId: '6384', crew: { department: 'Crew', job: 'Stunts' } },
    });
    assert.equal(extra.__typename, 'CrewCredit');
    await told(subject.pool);
    const deleted = await write(subject.people, 'deletePerson', { id: '6384', version: 1 });
    assert.deepEqual(deleted, { __typename: 'DeletedPerson', id: '6384', version: 2 });
    assert.deepEqual(await told(subject.pool), [
      'MovieCredits 603 3 updated ["movie-603"] ["530"]',
      'MovieCredits 7 2 deleted ["movie-7"]',
      'Person 6384 2 deleted ["person-6384", "persons"]',
    ]);
    assert.deepEqual(await shown('603'), ['530 Trinity', '9340 Director']);
    const renamed = { ...KEANU, name: 'Renamed' };
    await observe(
      subject.pool,
      [
        movieOf('603', { cast: [{ ...neo, character: 'The One', person: renamed }, trinity], crew: [directs] }),
        movieOf('8', { cast: [part('6384', { creditId: 'new', character: 'New', person: renamed })] }),
        movieOf('7', {}),
      ],
      day(23),
    );
    assert.deepEqual(
      [await shown('603'), await shown('8'), await read('6384')],
      [['530 Trinity', '9340 Director'], [], null],
    );
    const lists = dataOf(
      await subject.people.ask(
        '{ people { totalCount } searchPeople(query: "Keanu") { totalCount } peopleByIds(ids: ["6384"]) { id } }',
      ),
    );
    assert.deepEqual(lists, { people: { totalCount: 2 }, searchPeople: { totalCount: 0 }, peopleByIds: [null] });
    assert.deepEqual(await told(subject.pool), []);
    const some = await write(subject.people, 'releasePersonOverrides', { id: '6384', version: 2, fields: ['NAME'] });
    assert.equal(some.faults[0].code, 'DELETED');
    const back = await write(subject.people, 'releasePersonOverrides', { id: '6384', version: 2 });
    assert.deepEqual([back.__typename, back.name, back.version, back.overrides], ['Person', 'Renamed', 3, []]);
    assert.deepEqual(
      [await shown('603'), await shown('7'), await shown('8')],
      [['6384 The One', '530 Trinity', '9340 Director'], [], ['6384 New']],
    );
    assert.deepEqual(await rows('select * from credit_overrides'), []);
    assert.deepEqual(await told(subject.pool), [
      'MovieCredits 603 4 updated ["movie-603", "person-6384"] ["6384", "530"]',
      'MovieCredits 8 1 created ["movie-8", "person-6384"] ["6384"]',
      'Person 6384 3 created ["person-6384", "persons"]',
    ]);
  });

  it('deletions of persons and observations of their movies at once leave no credit of a deleted person', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `${n + 1}`);
    const movies = (shift: number) =>
      ids.map((id) =>
        movieOf(`f${id}`, { cast: ids.slice(0, 6 + shift).map((each) => part(each, { creditId: `${id}-${each}` })) }),
      );
    await observe(subject.pool, movies(0));
    const doomed = ids.slice(0, 5);
    const [, ...results] = await Promise.all([
      observe(subject.pool, movies(3), day(23)),
      ...doomed.map((id) => write(subject.people, 'deletePerson', { id, version: 1 })),
      observe(subject.pool, movies(6).toReversed(), day(24)),
    ]);
    assert.deepEqual(
      results.slice(0, 5).map((each) => (each as { __typename: string }).__typename),
      Array(5).fill('DeletedPerson'),
    );
    assert.deepEqual(
      await rows(`select distinct person_id as id from credits order by 1`),
      ids
        .slice(5)
        .toSorted()
        .map((id) => ({ id })),
    );
    for (const id of doomed) await write(subject.people, 'releasePersonOverrides', { id, version: 2 });
    assert.equal((await rows('select from credits')).length, 144);
  });

  it('change nothing without the scope, and name it', async () => {
    const attempt = (identity: { subject: string; scopes: string[] } | null) =>
      ask(subject.people, 'createPerson', { input: { name: 'A' } }, identity);
    assert.equal(codeOf(await attempt(null)), 'UNAUTHENTICATED');
    const { errors } = await attempt({ subject: 'reader', scopes: ['movies:write'] });
    assert.deepEqual(
      errors?.map(({ extensions }) => extensions),
      [{ code: 'FORBIDDEN', missingScopes: ['people:write'], requiredScopes: [['people:write']] }],
    );
    assert.deepEqual(await rows('select * from persons'), []);
  });

  it('an answer shows what each of two mutations in one operation left', async () => {
    await observe(subject.pool, [MATRIX]);
    const answer = await subject.people.ask(
      `mutation {
        one: updatePerson(id: "6384", version: 1, input: { name: "One" }) { ... on Person { name version } }
        two: updatePerson(id: "6384", version: 2, input: { name: "Two" }) { ... on Person { name version } }
      }`,
      {},
      { subject: 'editor', scopes: ['people:write'] },
    );
    assert.deepEqual(dataOf(answer), { one: { name: 'One', version: 2 }, two: { name: 'Two', version: 3 } });
  });
});
