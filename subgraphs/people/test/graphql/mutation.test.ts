import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { film, job, part, person } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';
import { ask, tell, told, write } from '../fixtures/writing.ts';

const day = (n: number) => new Date(Date.UTC(2026, 10, n));

describe('mutations', () => {
  let database: PeopleDatabase;
  let people: RunningSubgraph;
  before(async () => {
    database = await peopleDatabase();
    people = await startSubgraph(['serve'], { ...database.env, TMDB_IMAGE_BASE_URL: 'http://images.example/t/p' });
  });
  after(async () => {
    assert.equal(await people?.stop(), 0);
    await database?.drop();
  });
  beforeEach(async () => {
    for (const table of [
      'credits',
      'credit_overrides',
      'persons',
      'person_overrides',
      'movies',
      'deleted_movies',
      'outbox',
      'entity_versions',
    ])
      await database.pool.query(`delete from ${table}`);
  });

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const read = async (id: string, fields = 'version name') =>
    dataOf(await people.ask(`query ($id: ID!) { person(id: $id) { ${fields} } }`, { id })).person;
  /** A film's parts and jobs, with their ids. */
  const creditsOf = async (movieId: string) => {
    const query = `query ($movies: [_Any!]!) { _entities(representations: $movies) { ... on Movie {
      cast(first: 50) { edges { node { id version character order person { id } } } }
      crew(first: 50) { edges { node { id version job person { id } } } }
    } } }`;
    const [{ cast, crew }] = dataOf(
      await people.ask(query, { movies: [{ __typename: 'Movie', id: movieId }] }),
    )._entities;
    const nodes = ({ edges }: { edges: { node: Credit }[] }) => edges.map(({ node }) => node);
    return { cast: nodes(cast), crew: nodes(crew) };
  };
  interface Credit {
    id: string;
    version: number;
    character?: string;
    job?: string;
    person: { id: string };
  }
  const shown = async (movieId: string) => {
    const { cast, crew } = await creditsOf(movieId);
    return [...cast, ...crew].map((credit) => `${credit.person.id} ${credit.character ?? credit.job}`);
  };
  const partOf = async (movieId: string, personId: string) => {
    const credit = (await creditsOf(movieId)).cast.find((each) => each.person.id === personId);
    assert.ok(credit);
    return credit;
  };

  const KEANU = person('6384', { name: 'Keanu Reeves', tmdbId: 6384, popularity: 30 });
  const neo = part('6384', { creditId: 'neo', character: 'Neo', order: 0, person: KEANU });
  const trinity = part('530', { creditId: 'trinity', character: 'Trinity', order: 1 });
  const directs = job('9340', { creditId: 'directs', department: 'Directing', job: 'Director' });
  const MATRIX = film('603', { cast: [neo, trinity], crew: [directs] });

  describe('of persons', () => {
    it('create, change in part, clear and delete one', async () => {
      const input = {
        name: ' Buster Keaton ',
        originalName: 'Joseph Frank Keaton',
        gender: 'MALE',
        knownForDepartment: 'Directing',
        profilePath: '/keaton.jpg',
      };
      const { id, ...made } = await write(people, 'createPerson', { input });
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
      const changed = await write(people, 'updatePerson', { id, version: 1, input: { gender: null, popularity: 5 } });
      assert.deepEqual(changed, { id, ...made, version: 2, gender: null, popularity: 5 });
      assert.deepEqual(await told(database.pool), [
        `Person ${id} 1 created ["person-${id}", "persons"]`,
        `Person ${id} 2 updated ["person-${id}", "persons"]`,
      ]);
      const found = dataOf(await people.ask('{ searchPeople(query: "keaton") { edges { node { id } } } }'));
      assert.deepEqual(found.searchPeople.edges, [{ node: { id } }]);
      assert.deepEqual(await write(people, 'deletePerson', { id, version: 2 }), {
        __typename: 'DeletedPerson',
        id,
        version: 3,
      });
      assert.equal(await read(id), null);
      assert.deepEqual(await told(database.pool), [`Person ${id} 3 deleted ["person-${id}", "persons"]`]);
      assert.deepEqual(await rows('select * from person_overrides'), []);
    });

    it('say all that is wrong with values, and where', async () => {
      const { faults } = await write(people, 'createPerson', {
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
      await observe(database.pool, [MATRIX]);
      const cleared = await write(people, 'updatePerson', {
        id: '6384',
        version: 1,
        input: { name: null, adult: null },
      });
      assert.deepEqual(
        cleared.faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
        ['input name REQUIRED', 'input adult REQUIRED'],
      );
      const nothing = await write(people, 'updatePerson', { id: '6384', version: 1, input: {} });
      assert.equal(nothing.faults[0].code, 'NOTHING_TO_CHANGE');
      const changes = [
        {},
        { delete: { id: '1', version: 1 }, create: { name: 'A' } },
        { update: { id: '1', version: 1, input: { name: 'x'.repeat(601) } } },
        { delete: { id: '1', version: 1 } },
      ];
      const batch = await write(people, 'changePeople', { changes });
      assert.deepEqual(
        batch.faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
        [
          'changes 0 NOT_ONE',
          'changes 1 NOT_ONE',
          'changes 2 update input name TOO_LONG',
          'changes 3 delete id REPEATED',
        ],
      );
      assert.equal((await write(people, 'changePeople', { changes: [] })).faults[0].code, 'TOO_SHORT');
    });

    it('name what is not there, and the version of what was changed meanwhile', async () => {
      await observe(database.pool, [MATRIX]);
      for (const id of ['nobody', 'no\u0000body', 'x'.repeat(100)]) {
        for (const [field, more] of [
          ['updatePerson', { input: { name: 'A' } }],
          ['deletePerson', {}],
          ['releasePersonOverrides', {}],
        ] as const) {
          const refused = await write(people, field, { id, version: 1, ...more });
          assert.deepEqual(refused, { __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['id'], id });
        }
      }
      for (const [field, more] of [
        ['updatePerson', { input: { name: 'A' } }],
        ['deletePerson', {}],
        ['releasePersonOverrides', {}],
      ] as const) {
        const refused = await write(people, field, { id: '6384', version: 7, ...more });
        assert.deepEqual(refused, {
          __typename: 'ConflictError',
          code: 'CONFLICT',
          path: ['version'],
          id: '6384',
          currentVersion: 1,
        });
      }
      const batch = await write(people, 'changePeople', {
        changes: [{ create: { name: 'A' } }, { delete: { id: '6384', version: 2 } }],
      });
      assert.deepEqual(batch.path, ['changes', '1', 'delete', 'version']);
      assert.deepEqual(await rows(`select name from persons where name = 'A'`), [], 'nothing of it is done');
    });

    it('two clients at once: one wins, the other learns the version', async () => {
      await observe(database.pool, [MATRIX]);
      const results = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          write(people, 'updatePerson', { id: '6384', version: 1, input: { name: `Name ${n}` } }),
        ),
      );
      assert.deepEqual(results.map(({ __typename }) => __typename).sort(), [
        ...Array(5).fill('ConflictError'),
        'Person',
      ]);
      for (const { currentVersion, version } of results) assert.equal(currentVersion ?? version, 2);
    });

    it('the same one five times with one key has one effect, one after another and at once', async () => {
      const five = async (inParallel: boolean, idempotencyKey: string) => {
        const once = () => write(people, 'createPerson', { input: { name: idempotencyKey }, idempotencyKey });
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
      const reused = await write(people, 'createPerson', { input: { name: 'Other' }, idempotencyKey: 'key true' });
      assert.equal(reused.faults[0].code, 'IDEMPOTENCY_KEY_REUSED');
    });

    it('a person that was deleted since is not found by the repetition of what made them', async () => {
      const again = { input: { name: 'A' }, idempotencyKey: 'deleted since' };
      const { id } = await write(people, 'createPerson', again);
      await write(people, 'deletePerson', { id, version: 1 });
      assert.equal((await write(people, 'createPerson', again)).code, 'NOT_FOUND');
    });

    it('all of a batch or nothing, in as many statements for a hundred as for one', async () => {
      await observe(database.pool, [MATRIX]);
      const statements = [];
      for (const count of [1, 99]) {
        const changes = Array.from({ length: count }, (_, n) => ({ create: { name: `Person ${count} ${n}` } }));
        const answer = await ask(people, 'changePeople', { changes });
        assert.equal(dataOf(answer).result.results.length, count);
        statements.push(answer.statements);
      }
      assert.equal(statements[0], statements[1]);
      const mixed = await write(people, 'changePeople', {
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
      await observe(database.pool, [MATRIX]);
      const edited = await write(people, 'updatePerson', {
        id: '6384',
        version: 1,
        input: { name: 'K. Reeves', gender: 'MALE' },
      });
      assert.deepEqual([edited.version, edited.overrides], [2, [{ field: 'NAME' }, { field: 'GENDER' }]]);
      const said = { ...KEANU, name: 'Keanu Charles Reeves', popularity: 99 };
      await told(database.pool);
      await observe(database.pool, [film('603', { cast: [{ ...neo, person: said }] })], day(23));
      assert.deepEqual(await read('6384', 'name gender popularity version'), {
        name: 'K. Reeves',
        gender: 'MALE',
        popularity: 99,
        version: 3,
      });
      await told(database.pool);
      await observe(
        database.pool,
        [film('603', { cast: [{ ...neo, person: { ...said, name: 'Someone else' } }] })],
        day(24),
      );
      assert.deepEqual(await told(database.pool), [], 'what is kept aside changes nothing that is shown');
      const one = await write(people, 'releasePersonOverrides', { id: '6384', version: 3, fields: ['NAME', 'ADULT'] });
      assert.deepEqual(
        [one.name, one.gender, one.overrides, one.version],
        ['Someone else', 'MALE', [{ field: 'GENDER' }], 4],
      );
      const all = await write(people, 'releasePersonOverrides', { id: '6384', version: 4 });
      assert.deepEqual([all.gender, all.overrides, all.version], [null, [], 5]);
      const again = await write(people, 'releasePersonOverrides', { id: '6384', version: 5 });
      assert.equal(again.version, 5, 'nothing was to be released');
      await observe(database.pool, [film('603', { cast: [{ ...neo, person: said }] })], day(25));
      assert.equal((await read('6384')).name, 'Keanu Charles Reeves');
    });

    it('a deleted person stays away with all credits, and comes back with the latest of both', async () => {
      await observe(database.pool, [MATRIX, film('7', { cast: [part('6384', { creditId: 'ted', person: KEANU })] })]);
      const extra = await write(people, 'createCredit', {
        input: { movieId: '603', personId: '6384', crew: { department: 'Crew', job: 'Stunts' } },
      });
      assert.equal(extra.__typename, 'CrewCredit');
      await told(database.pool);
      const deleted = await write(people, 'deletePerson', { id: '6384', version: 1 });
      assert.deepEqual(deleted, { __typename: 'DeletedPerson', id: '6384', version: 2 });
      assert.deepEqual(await told(database.pool), [
        'MovieCredits 603 3 updated ["movie-603"] ["530"]',
        'MovieCredits 7 2 deleted ["movie-7"]',
        'Person 6384 2 deleted ["person-6384", "persons"]',
      ]);
      assert.deepEqual(await shown('603'), ['530 Trinity', '9340 Director']);
      const renamed = { ...KEANU, name: 'Renamed' };
      await observe(
        database.pool,
        [
          film('603', { cast: [{ ...neo, character: 'The One', person: renamed }, trinity], crew: [directs] }),
          film('8', { cast: [part('6384', { creditId: 'new', character: 'New', person: renamed })] }),
          film('7', {}),
        ],
        day(23),
      );
      assert.deepEqual(
        [await shown('603'), await shown('8'), await read('6384')],
        [['530 Trinity', '9340 Director'], [], null],
      );
      const lists = dataOf(
        await people.ask(
          '{ people { totalCount } searchPeople(query: "Keanu") { totalCount } peopleByIds(ids: ["6384"]) { id } }',
        ),
      );
      assert.deepEqual(lists, { people: { totalCount: 2 }, searchPeople: { totalCount: 0 }, peopleByIds: [null] });
      assert.deepEqual(await told(database.pool), []);
      const some = await write(people, 'releasePersonOverrides', { id: '6384', version: 2, fields: ['NAME'] });
      assert.equal(some.faults[0].code, 'DELETED');
      const back = await write(people, 'releasePersonOverrides', { id: '6384', version: 2 });
      assert.deepEqual([back.__typename, back.name, back.version, back.overrides], ['Person', 'Renamed', 3, []]);
      assert.deepEqual(
        [await shown('603'), await shown('7'), await shown('8')],
        [['6384 The One', '530 Trinity', '9340 Director'], [], ['6384 New']],
      );
      assert.deepEqual(await rows('select * from credit_overrides'), []);
      assert.deepEqual(await told(database.pool), [
        'MovieCredits 603 4 updated ["movie-603", "person-6384"] ["6384", "530"]',
        'MovieCredits 8 1 created ["movie-8", "person-6384"] ["6384"]',
        'Person 6384 3 created ["person-6384", "persons"]',
      ]);
    });

    it('deletions of persons and observations of their films at once leave no credit of a deleted person', async () => {
      const ids = Array.from({ length: 12 }, (_, n) => `${n + 1}`);
      const films = (shift: number) =>
        ids.map((id) =>
          film(`f${id}`, { cast: ids.slice(0, 6 + shift).map((each) => part(each, { creditId: `${id}-${each}` })) }),
        );
      await observe(database.pool, films(0));
      const doomed = ids.slice(0, 5);
      const [, ...results] = await Promise.all([
        observe(database.pool, films(3), day(23)),
        ...doomed.map((id) => write(people, 'deletePerson', { id, version: 1 })),
        observe(database.pool, films(6).toReversed(), day(24)),
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
      for (const id of doomed) await write(people, 'releasePersonOverrides', { id, version: 2 });
      assert.equal((await rows('select from credits')).length, 144);
    });
  });

  describe('of credits', () => {
    const create = (input: object, more = {}) =>
      write(people, 'createCredit', { input: { movieId: '603', personId: '6384', ...input }, ...more });

    it('create, change in part, clear and delete parts and jobs', async () => {
      await observe(database.pool, [MATRIX]);
      await told(database.pool);
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
      assert.deepEqual(await told(database.pool), [
        'MovieCredits 603 2 updated ["movie-603", "person-6384"] ["6384", "530"]',
      ]);
      const first = await create({ personId: '9340', cast: { order: 0 } });
      assert.deepEqual([first.order, first.character, first.version], [0, null, 3]);
      const edited = await write(people, 'updateCredit', {
        id,
        version: 2,
        input: { cast: { character: null, order: 9 } },
      });
      assert.deepEqual([edited.character, edited.order, edited.version], [null, 9, 4]);
      const wrote = await create({ crew: { department: 'Writing', job: 'Writer' } });
      const rewrote = await write(people, 'updateCredit', {
        id: wrote.id,
        version: 5,
        input: { crew: { job: 'Screenplay' } },
      });
      assert.deepEqual([rewrote.department, rewrote.job, rewrote.version], ['Writing', 'Screenplay', 6]);
      const filmography = dataOf(
        await people.ask('{ person(id: "6384") { filmography { edges { node { id version job } } } } }'),
      );
      assert.deepEqual(
        filmography.person.filmography.edges.map(({ node }: { node: Credit }) => node.job),
        [null, null, 'Screenplay'],
      );
      assert.equal(filmography.person.filmography.edges[1].node.id, id);
      assert.deepEqual(await write(people, 'deleteCredit', { id, version: 4 }), {
        __typename: 'DeletedCredit',
        id,
        version: 7,
      });
      assert.deepEqual(await rows(`select state from credit_overrides`), [{ state: 'made' }, { state: 'made' }]);
    });

    it('survive what TMDb says of the film later', async () => {
      await observe(database.pool, [MATRIX]);
      const { id } = await create({ cast: { character: 'Extra' } });
      await write(people, 'updateCredit', { id, version: 2, input: { cast: { character: 'Guest' } } });
      await observe(database.pool, [film('603', { cast: [trinity] })], day(23));
      assert.deepEqual(await shown('603'), ['530 Trinity', '6384 Guest']);
      await observe(database.pool, [film('603', {})], day(24));
      assert.deepEqual(await shown('603'), ['6384 Guest']);
    });

    it('edits of a credit from TMDb stay until they are released; so do deletions', async () => {
      await observe(database.pool, [MATRIX]);
      const played = await partOf('603', '6384');
      const edited = await write(people, 'updateCredit', {
        id: played.id,
        version: 1,
        input: { cast: { character: 'Thomas Anderson' } },
      });
      assert.equal(edited.version, 2);
      const other = await partOf('603', '530');
      assert.equal(other.version, 1);
      const gone = await write(people, 'deleteCredit', { id: other.id, version: 1 });
      assert.deepEqual(gone, { __typename: 'DeletedCredit', id: other.id, version: 3 });
      const said = film('603', {
        cast: [
          { ...neo, character: 'The One', order: 5 },
          { ...trinity, character: 'Trin' },
        ],
        crew: [directs],
      });
      await observe(database.pool, [said], day(23));
      assert.deepEqual(await shown('603'), ['6384 Thomas Anderson', '9340 Director']);
      assert.equal((await creditsOf('603')).cast[0]?.version, 4, 'its place is what TMDb says');
      await observe(database.pool, [film('603', { crew: [directs] })], day(24));
      assert.deepEqual(await shown('603'), ['9340 Director'], 'whether it is there is TMDb’s word');
      await observe(database.pool, [said], day(25));
      assert.deepEqual(await shown('603'), ['6384 Thomas Anderson', '9340 Director']);
      await told(database.pool);
      const result = await write(people, 'releaseCreditOverrides', { movieId: '603', ids: [other.id] });
      assert.deepEqual(result, { __typename: 'Movie', id: '603' });
      assert.deepEqual(await shown('603'), ['530 Trin', '6384 Thomas Anderson', '9340 Director']);
      await write(people, 'releaseCreditOverrides', { movieId: '603' });
      assert.deepEqual(await shown('603'), ['530 Trin', '6384 The One', '9340 Director']);
      assert.deepEqual(await rows('select * from credit_overrides'), []);
      assert.equal((await told(database.pool)).length, 2);
      const wrong = await write(people, 'releaseCreditOverrides', { movieId: '604', ids: [other.id] });
      assert.deepEqual([wrong.faults[0].code, wrong.faults[0].path], ['OTHER_FILM', ['ids', '0']]);
      assert.equal((await write(people, 'releaseCreditOverrides', { movieId: '604' })).code, 'NOT_FOUND');
    });

    it('a film whose last credit is deleted tells so, and can have it released', async () => {
      await observe(database.pool, [film('11', { cast: [part('1', { creditId: 'only' })] })]);
      await told(database.pool);
      const { id, version } = await partOf('11', '1');
      await write(people, 'deleteCredit', { id, version });
      assert.deepEqual(await told(database.pool), ['MovieCredits 11 2 deleted ["movie-11"]']);
      await write(people, 'releaseCreditOverrides', { movieId: '11' });
      assert.deepEqual(await told(database.pool), ['MovieCredits 11 3 created ["movie-11", "person-1"] ["1"]']);
      assert.equal((await partOf('11', '1')).version, 3);
    });

    it('say what is wrong, what is not there, and what was changed meanwhile', async () => {
      await observe(database.pool, [MATRIX]);
      const codes = ({ faults }: { faults: { path: string[]; code: string }[] }) =>
        faults.map(({ path, code }) => [...path, code].join(' '));
      assert.deepEqual(codes(await create({})), ['input NOT_ONE']);
      assert.deepEqual(codes(await create({ cast: {}, crew: { department: 'A', job: 'B' } })), ['input NOT_ONE']);
      assert.deepEqual(codes(await create({ crew: { department: ' ', job: 'x'.repeat(256) } })), [
        'input crew department TOO_SHORT',
        'input crew job TOO_LONG',
      ]);
      const { id } = await partOf('603', '6384');
      const update = (input: object, version = 1) => write(people, 'updateCredit', { id, version, input });
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
        const refused = await write(people, 'deleteCredit', { id: unknown, version: 1 });
        assert.deepEqual(refused, { __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['id'], id: unknown });
      }
      const batch = await write(people, 'changeCredits', {
        changes: [
          { create: { movieId: '603', personId: '530', cast: {} } },
          { create: { movieId: '603', personId: 'nobody', cast: {} } },
        ],
      });
      assert.deepEqual(batch.path, ['changes', '1', 'create', 'personId']);
      assert.equal((await creditsOf('603')).cast.length, 2, 'nothing of it is done');
      assert.deepEqual(await rows('select * from credit_overrides'), []);
    });

    it('a film is known by what movies tells, or by its credits; not one that movies has deleted', async () => {
      await observe(database.pool, [MATRIX]);
      await tell(database.pool, ['empty', 'gone']);
      await tell(database.pool, ['gone'], 'deleted');
      assert.equal((await create({ movieId: 'empty', cast: {} })).__typename, 'CastCredit');
      assert.equal((await create({ movieId: 'gone', cast: {} })).code, 'NOT_FOUND');
      assert.equal((await rows(`select from entity_versions where id = 'gone' and version > 0`)).length, 0);
    });

    it('a film that was made a moment ago is waited for', async () => {
      await observe(database.pool, [MATRIX]);
      const movieId = randomUUIDv7();
      const made = create({ movieId, cast: {} });
      await sleep(500);
      await tell(database.pool, [movieId], 'created');
      assert.equal((await made).__typename, 'CastCredit');
      const started = Date.now();
      assert.equal((await create({ movieId: randomUUIDv7(), cast: {} })).code, 'NOT_FOUND');
      assert.ok(Date.now() - started >= 2_000);
    });

    it('the same one five times at once with one key has one effect', async () => {
      await observe(database.pool, [MATRIX]);
      const results = await Promise.all(
        Array.from({ length: 5 }, () => create({ cast: { character: 'Once' } }, { idempotencyKey: 'a part' })),
      );
      assert.equal(new Set(results.map(({ id }) => id)).size, 1);
      assert.deepEqual(await shown('603'), ['6384 Neo', '530 Trinity', '6384 Once', '9340 Director']);
    });

    it('in as many statements for a hundred as for one', async () => {
      const films = Array.from({ length: 34 }, (_, n) =>
        film(`${n}`, { cast: [part('1', { creditId: `a${n}` }), part('2', { creditId: `b${n}`, order: 1 })] }),
      );
      await observe(database.pool, films);
      const statements = [];
      for (const [from, to] of [
        [0, 1],
        [1, 34],
      ] as const) {
        const changes = [];
        for (const { movieId } of films.slice(from, to)) {
          const { cast } = await creditsOf(movieId);
          const [one, two] = cast.map(({ id, version }) => ({ id, version }));
          changes.push(
            { create: { movieId, personId: '2', crew: { department: 'Art', job: 'Painter' } } },
            { update: { ...one, input: { cast: { character: 'A' } } } },
            { delete: two },
          );
        }
        const answer = await ask(people, 'changeCredits', { changes });
        assert.equal(dataOf(answer).result.results.length, changes.length);
        statements.push(answer.statements);
      }
      assert.equal(statements[0], statements[1]);
    });

    it('a film that movies deletes takes what clients did along, and comes back with it and the latest of TMDb', async () => {
      await observe(database.pool, [MATRIX]);
      const { id } = await create({ cast: { character: 'Made' } });
      const edited = await partOf('603', '6384');
      await write(people, 'updateCredit', { id: edited.id, version: 1, input: { cast: { character: 'Edited' } } });
      const doomed = await partOf('603', '530');
      await write(people, 'deleteCredit', { id: doomed.id, version: 1 });
      const before = await shown('603');
      assert.deepEqual(before, ['6384 Edited', '6384 Made', '9340 Director']);
      await tell(database.pool, ['603'], 'deleted');
      assert.deepEqual(await shown('603'), []);
      assert.equal(
        (await write(people, 'updateCredit', { id, version: 2, input: { cast: { order: 1 } } })).code,
        'NOT_FOUND',
      );
      await tell(database.pool, ['603'], 'created');
      assert.deepEqual(await shown('603'), before);
      await tell(database.pool, ['603'], 'deleted');
      await write(people, 'deletePerson', { id: '9340', version: 1 });
      await observe(
        database.pool,
        [film('603', { cast: [{ ...neo, order: 4 }, { ...trinity, character: 'T' }, part('8')], crew: [directs] })],
        day(23),
      );
      await tell(database.pool, ['603'], 'created');
      assert.deepEqual(await shown('603'), ['8 undefined', '6384 Made', '6384 Edited']);
      await write(people, 'releaseCreditOverrides', { movieId: '603' });
      await write(people, 'releasePersonOverrides', { id: '9340', version: 2 });
      assert.deepEqual(await shown('603'), ['8 undefined', '530 T', '6384 Made', '6384 Neo', '9340 Director']);
    });

    it('a person who is deleted while their film is gone is not in it when it is back', async () => {
      await observe(database.pool, [MATRIX]);
      const { id } = await write(people, 'createPerson', { input: { name: 'A' } });
      await create({ personId: id, cast: { character: 'Made' } });
      await tell(database.pool, ['603'], 'deleted');
      await write(people, 'deletePerson', { id, version: 1 });
      await write(people, 'deletePerson', { id: '6384', version: 1 });
      await tell(database.pool, ['603'], 'created');
      assert.deepEqual(await shown('603'), ['530 Trinity', '9340 Director']);
      await tell(database.pool, ['603'], 'deleted');
      await write(people, 'releasePersonOverrides', { id: '6384', version: 2 });
      await tell(database.pool, ['603'], 'created');
      assert.deepEqual(await shown('603'), ['6384 Neo', '530 Trinity', '9340 Director']);
    });
  });

  it('change nothing without the scope, and name it', async () => {
    const attempt = (identity: { subject: string; scopes: string[] } | null) =>
      ask(people, 'createPerson', { input: { name: 'A' } }, identity);
    assert.equal(codeOf(await attempt(null)), 'UNAUTHENTICATED');
    const { errors } = await attempt({ subject: 'reader', scopes: ['movies:write'] });
    assert.deepEqual(
      errors?.map(({ extensions }) => extensions),
      [{ code: 'FORBIDDEN', missingScopes: ['people:write'], requiredScopes: [['people:write']] }],
    );
    assert.deepEqual(await rows('select * from persons'), []);
  });

  it('an answer shows what each of two mutations in one operation left', async () => {
    await observe(database.pool, [MATRIX]);
    const answer = await people.ask(
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
