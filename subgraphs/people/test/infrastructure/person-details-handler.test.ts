import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MOVIE_CREDITS } from '@marquee/events/topics';
import { guardObservations } from '@marquee/inbox-outbox/observation-guard';
import { isConflict } from '@marquee/postgres/availability';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { handlePersonDetails } from '../../src/infrastructure/person-details-handler.ts';
import { movieOf, part, person } from '../fixtures/credits.ts';
import { detailsOf, forgetDetails, image, observeDetails, translation } from '../fixtures/details.ts';
import { writablePeople } from '../fixtures/writable-people.ts';
import { told, write } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const SHARED = 'name originalName gender knownForDepartment popularity adult profileUrl';

describe('details of persons', () => {
  const subject = writablePeople();
  const { read, rows } = subject;

  /** Applies a movie's credits as the inbox does, within a transaction. */
  async function credit(tx: Queryable, second: number, movieId: string, ...persons: ReturnType<typeof person>[]) {
    const contentHash = Buffer.alloc(32, second);
    await guardObservations(tx, MOVIE_CREDITS.name, [{ key: movieId, observedAt: at(second), contentHash }]);
    const cast = persons.map((each) => part(each.id, { creditId: `${movieId}-${each.id}`, person: each }));
    await handleMovieCredits(tx, {
      observed: [{ subject: movieId, observedAt: at(second), data: movieOf(movieId, { cast }) }],
      deleted: [],
    });
  }
  const see = (...given: [second: number, movieId: string, ...persons: ReturnType<typeof person>[]]) =>
    inTransaction(subject.pool, (tx) => credit(tx, ...given));
  const observe = (second: number, ...persons: ReturnType<typeof detailsOf>[]) =>
    observeDetails(subject.pool, persons, at(second));
  const forget = (second: number, ...ids: string[]) => forgetDetails(subject.pool, ids, at(second));

  it('are announced as a change of their person, and wait for the first credit of another', async () => {
    await see(1, '10', person('1'));
    await told(subject.pool);
    await observe(2, detailsOf('1', { biography: 'One.' }), detailsOf('2', { biography: 'Two.', name: 'Newer' }));
    assert.deepEqual(await told(subject.pool), ['Person 1 2 updated ["person-1", "persons"]']);
    assert.deepEqual(await read('1', 'biography version'), { biography: 'One.', version: 2 });
    assert.equal(await read('2'), null);
    await see(1, '11', person('2', { name: 'Older', originalName: 'Original' }));
    assert.deepEqual(await read('2', 'biography name originalName version'), {
      biography: 'Two.',
      name: 'Newer',
      originalName: 'Original',
      version: 1,
    });
  });

  it('outlive the last credit of their person', async () => {
    await see(1, '10', person('1'));
    await observe(2, detailsOf('1', { biography: 'One.' }));
    await see(3, '10');
    assert.equal(await read('1'), null);
    await see(4, '10', person('1'));
    assert.deepEqual(await read('1', 'biography'), { biography: 'One.' });
  });

  it('of a deletion are gone, and the person stays in the credits', async () => {
    await see(1, '10', person('1'));
    const full = { biography: 'One.', images: [image('/a.jpg')], translations: [translation('fr', 'FR')] };
    await observe(2, detailsOf('1', { ...full, name: 'Newer' }));
    await told(subject.pool);
    await forget(3, '1', '2');
    assert.deepEqual(await told(subject.pool), ['Person 1 3 updated ["person-1", "persons"]']);
    assert.deepEqual(await read('1', 'name biography images { totalCount } translations { totalCount }'), {
      name: 'Newer',
      biography: null,
      images: { totalCount: 0 },
      translations: { totalCount: 0 },
    });
    assert.equal((await subject.creditsOf('10')).cast[0]?.person.id, '1');
    await observe(4, detailsOf('1', full));
    assert.deepEqual(await read('1', 'biography images { totalCount }'), {
      biography: 'One.',
      images: { totalCount: 1 },
    });
  });

  it('replace lists, of which equal rows are not written', async () => {
    await see(1, '10', person('1'));
    const images = [image('/a.jpg'), image('/b.jpg'), image('/c.jpg')];
    await observe(2, detailsOf('1', { images, translations: [translation('fr', 'FR'), translation('de', 'DE')] }));
    const written = async () =>
      rows(
        'select path, xmin::text as by from person_images union all select language, xmin::text from person_translations',
      );
    const before = await written();
    const next = [images[0], image('/new.jpg')] as typeof images;
    await observe(
      3,
      detailsOf('1', { images: next, translations: [translation('fr', 'FR'), translation('de', 'AT')] }),
    );
    const after = await written();
    assert.deepEqual(after.map(({ path }) => path).sort(), ['/a.jpg', '/new.jpg', 'de', 'fr']);
    for (const path of ['/a.jpg', 'fr']) {
      assert.deepEqual(
        after.find((row) => row.path === path),
        before.find((row) => row.path === path),
      );
    }
  });

  const credited = {
    originalName: 'Original',
    gender: 'MALE',
    knownForDepartment: 'Acting',
    popularity: 1,
    profilePath: '/credit.jpg',
  } as const;
  const ofCredit = person('1', { name: 'Of a credit', ...credited });
  const ofDetails = detailsOf('1', {
    name: 'Of details',
    gender: 'FEMALE',
    knownForDepartment: 'Directing',
    popularity: 2,
    profilePath: '/details.jpg',
    adult: true,
  });
  const shownCredit = {
    name: 'Of a credit',
    originalName: 'Original',
    gender: 'MALE',
    knownForDepartment: 'Acting',
    popularity: 1,
    adult: false,
    profileUrl: 'http://images.example/t/p/w185/credit.jpg',
  };
  const shownDetails = {
    name: 'Of details',
    originalName: 'Original',
    gender: 'FEMALE',
    knownForDepartment: 'Directing',
    popularity: 2,
    adult: true,
    profileUrl: 'http://images.example/t/p/w185/details.jpg',
  };

  it('and credits: the newest observation wins, whichever is applied first', async () => {
    const earlier = person('1', { name: 'Earlier', originalName: 'Earlier' });
    const steps = {
      a: () => see(1, '10', earlier),
      b: () => see(2, '11', ofCredit),
      c: () => observe(3, ofDetails),
    };
    for (const order of ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']) {
      for (const table of ['credits', 'persons', 'person_details', 'inbox_observations'])
        await subject.pool.query(`delete from ${table}`);
      for (const step of order) await steps[step as 'a']();
      assert.deepEqual(await read('1', SHARED), shownDetails, order);
    }
    await see(4, '12', ofCredit);
    assert.deepEqual(await read('1', SHARED), shownCredit);
    await see(5, '13', ofCredit);
    await observe(4, detailsOf('1', { name: 'Of a moment between' }));
    assert.deepEqual(await read('1', SHARED), shownCredit, 'a credit that changed nothing is newer than the details');
  });

  it('leave nothing to announce when an older credit contradicts them', async () => {
    await see(1, '10', ofCredit);
    await observe(3, ofDetails);
    await told(subject.pool);
    await see(2, '11', ofCredit);
    assert.deepEqual(await told(subject.pool), ['MovieCredits 11 1 created ["movie-11", "person-1"] ["1"]']);
    assert.deepEqual(await read('1', SHARED), shownDetails);
    await see(1, '12', { ...ofCredit, originalName: 'Other' });
    assert.deepEqual(await read('1', SHARED), { ...shownDetails, originalName: 'Original' });
    await see(4, '13', { ...ofCredit, originalName: 'Other' });
    assert.deepEqual(await read('1', SHARED), { ...shownCredit, originalName: 'Other' });
  });

  it('leave edited fields to clients, and store the others for their release', async () => {
    await see(1, '10', ofCredit);
    await write(subject.people, 'updatePerson', { id: '1', version: 1, input: { name: 'Mine', gender: null } });
    await observe(2, ofDetails);
    assert.deepEqual(await read('1', SHARED), { ...shownDetails, name: 'Mine', gender: null });
    await see(1, '11', { ...ofCredit, name: 'Older' });
    assert.deepEqual(await read('1', SHARED), { ...shownDetails, name: 'Mine', gender: null });
    const { version } = await read('1', 'version');
    await write(subject.people, 'releasePersonOverrides', { id: '1', version });
    assert.deepEqual(await read('1', SHARED), shownDetails);
  });

  it('of a person whom a client deleted are those of the release', async () => {
    await see(1, '10', ofCredit);
    await write(subject.people, 'deletePerson', { id: '1', version: 1 });
    await observe(2, { ...ofDetails, biography: 'Meanwhile.' });
    assert.equal(await read('1'), null);
    await write(subject.people, 'releasePersonOverrides', { id: '1', version: 2 });
    assert.deepEqual(await read('1', `${SHARED} biography`), { ...shownDetails, biography: 'Meanwhile.' });
  });

  it('do not touch persons whom clients created', async () => {
    const { id } = await write(subject.people, 'createPerson', { input: { name: 'Made', biography: 'Mine.' } });
    await observe(1, detailsOf(id, { name: 'Other' }));
    assert.deepEqual(await read(id, 'name biography'), { name: 'Made', biography: 'Mine.' });
  });

  it('are tried again when a newer credit left alone a person whom they changed', { timeout: 30_000 }, async () => {
    await see(1, '10', ofCredit);
    const [taken, credited] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const older = inTransaction(subject.pool, async (tx) => {
      const query: Queryable['query'] = async (statement, values) => {
        const result = await tx.query(statement, values);
        if (typeof statement === 'object' && statement.name === 'take_details') {
          taken.resolve();
          await credited.promise;
        }
        return result as never;
      };
      await handlePersonDetails(
        { query },
        {
          observed: [{ subject: '1', observedAt: at(3), data: ofDetails }],
          deleted: [],
        },
      );
    });
    await taken.promise;
    await see(5, '11', ofCredit);
    credited.resolve();
    await assert.rejects(older, isConflict);
    await observe(3, ofDetails);
    assert.deepEqual(await read('1', SHARED), shownCredit);
  });

  it('take as many statements for many persons as for one', async () => {
    const count = async (persons: readonly ReturnType<typeof detailsOf>[], second: number) => {
      let statements = 0;
      await inTransaction(subject.pool, async (tx) => {
        const query: Queryable['query'] = (...given) => {
          statements += 1;
          return tx.query(...given) as never;
        };
        const observed = persons.map((data) => ({ subject: data.personId, observedAt: at(second), data }));
        await handlePersonDetails({ query }, { observed, deleted: [{ subject: 'x', observedAt: at(second) }] });
      });
      return statements;
    };
    const ids = Array.from({ length: 100 }, (_, index) => `${index + 1}`);
    await see(1, '10', ...ids.map((id) => person(id)));
    const many = (name: string) =>
      ids.map((id) => detailsOf(id, { name, images: [image('/a.jpg')], translations: [translation('fr', 'FR')] }));
    await count([], 1);
    assert.equal(await count(many('A').slice(0, 1), 2), await count(many('B'), 3));
  });
});
