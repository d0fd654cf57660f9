import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import type { ListedPerson, PersonOrder } from '../../src/application/person-store.ts';
import type { Person } from '../../src/domain/person.ts';
import { postgresPersonStore } from '../../src/infrastructure/postgres-person-store.ts';
import { postgresPersonWriter } from '../../src/infrastructure/postgres-person-writer.ts';
import { person } from '../fixtures/credits.ts';
import { type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const everybody = { department: null, gender: null, words: null, minPopularity: null, maxPopularity: null };
const first = (limit: number) => ({ limit, backward: false, cursor: null });

describe('Postgres person store', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
    const named = (id: string, name: string, facts: Partial<Person> = {}) => person(id, { name, ...facts });
    const persons = [
      named('1', 'Keanu Reeves', { originalName: 'Keanu Reeves', popularity: 40.1 }),
      named('2', 'Hayao Miyazaki', { originalName: '宮崎駿', popularity: 12.5 }),
      named('3', 'Gael García Bernal', { popularity: 9 }),
      named('4', "Lupita Nyong'o"),
      named('5', 'Tom Li', { popularity: 1 }),
      named('6', 'Tom Hanks', { popularity: 50 }),
      named('7', 'R.D. Burman', { popularity: 1 }),
      named('8', 'Andrei Tarkovsky', { originalName: 'Андрей Тарковский', popularity: 3 }),
      named('9', 'émile Zola'),
      named('10', 'Zoe Saldaña', { popularity: 9 }),
      named('11', 'Bong Joon-ho', { originalName: '봉준호', popularity: 0.5 }),
      named('12', 'Clint Eastwood', { originalName: 'クリント・イーストウッド', popularity: 0.4 }),
    ];
    await postgresPersonWriter(database.pool).observePersons(
      persons.map((each) => ({ person: each, observedAt: new Date('2026-01-01T00:00:00Z') })),
    );
  });
  after(() => database.drop());

  const store = () => postgresPersonStore(database.pool);
  const names = (persons: readonly ListedPerson[]) => persons.map(({ name }) => name);
  const search = async (text: string) => names(await store().search({ text, includeAdult: false }, first(10)));

  it('finds persons by id and leaves out those it does not know', async () => {
    const found = await store().findMany(['2', 'unknown', '4']);
    assert.deepEqual([...found.keys()].sort(), ['2', '4']);
    assert.deepEqual(found.get('4'), person('4', { name: "Lupita Nyong'o" }));
  });

  it('orders by popularity and by name, equal ones by id, unknown popularity as none', async () => {
    const listed = async (order: PersonOrder) => (await store().list(everybody, order, first(20))).map(({ id }) => id);
    const byPopularity = ['6', '1', '2', '3', '10', '8', '7', '5', '11', '12', '9', '4'];
    assert.deepEqual(await listed({ field: 'POPULARITY', direction: 'DESC' }), byPopularity);
    assert.deepEqual(await listed({ field: 'POPULARITY', direction: 'ASC' }), byPopularity.toReversed());
    const byName = ['8', '11', '12', '9', '3', '2', '1', '4', '7', '6', '5', '10'];
    assert.deepEqual(await listed({ field: 'NAME', direction: 'ASC' }), byName);
    assert.deepEqual(await listed({ field: 'NAME', direction: 'DESC' }), byName.toReversed());
  });

  it('continues after a row and before it, in each order', async () => {
    for (const field of ['POPULARITY', 'NAME'] as const) {
      for (const direction of ['ASC', 'DESC'] as const) {
        const order = { field, direction };
        const all = await store().list(everybody, order, first(20));
        for (const [index, { sortKeys }] of all.entries()) {
          const after = await store().list(everybody, order, { limit: 3, backward: false, cursor: sortKeys });
          const before = await store().list(everybody, order, { limit: 3, backward: true, cursor: sortKeys });
          assert.deepEqual(names(after), names(all.slice(index + 1, index + 4)));
          assert.deepEqual(names(before), names(all.slice(Math.max(0, index - 3), index).toReversed()));
        }
      }
    }
  });

  it('finds by words of the name, the last one unfinished, whatever case, accents and punctuation', async () => {
    assert.deepEqual(await search('keanu'), ['Keanu Reeves']);
    assert.deepEqual(await search('REEVES Kea'), ['Keanu Reeves']);
    assert.deepEqual(await search('garcia'), ['Gael García Bernal']);
    assert.deepEqual(await search('GARCÍA bernal'), ['Gael García Bernal']);
    assert.deepEqual(await search('nyong’o'), ["Lupita Nyong'o"]);
    assert.deepEqual(await search('r d burman'), ['R.D. Burman']);
    assert.deepEqual(await search('Émile'), ['émile Zola']);
  });

  it('finds by the original name in its own script', async () => {
    assert.deepEqual(await search('宮崎駿'), ['Hayao Miyazaki']);
    assert.deepEqual(await search('宮崎'), ['Hayao Miyazaki']);
    assert.deepEqual(await search('тарковский'), ['Andrei Tarkovsky']);
  });

  it('finds a part of a name in a script without blanks, wherever it stands', async () => {
    assert.deepEqual(await search('駿'), ['Hayao Miyazaki']);
    assert.deepEqual(await search('崎駿'), ['Hayao Miyazaki']);
    assert.deepEqual(await search('hayao 駿'), ['Hayao Miyazaki']);
    assert.deepEqual(await search('hanks 駿'), ['Tom Hanks'], 'by likeness alone');
    assert.deepEqual(await search('駿崎'), []);
    assert.deepEqual(await search('준호'), ['Bong Joon-ho']);
    assert.deepEqual(await search('イーストウッド'), ['Clint Eastwood']);
    assert.deepEqual(await search('ストウ'), ['Clint Eastwood']);
  });

  it('forgives small misspellings', async () => {
    assert.deepEqual(await search('Kiano Reves'), ['Keanu Reeves']);
    assert.deepEqual(await search('miyasaki'), ['Hayao Miyazaki']);
    assert.deepEqual(await search('lupitta'), ["Lupita Nyong'o"], 'one who is not popular');
  });

  it('puts the best match first, and among equal matches the more popular person', async () => {
    assert.deepEqual(await search('tom'), ['Tom Hanks', 'Tom Li']);
    assert.equal((await search('Tom Li'))[0], 'Tom Li');
  });

  it('finds nothing without a word, and takes any text', async () => {
    for (const text of ['', '   ', '!?', '%', "'", `a'b\\c:*&|<->(!`, '\ud83c', "'':*"])
      assert.deepEqual(await search(text), [], text);
  });

  it('finds the popular and the others of one word, and ranks a whole name above both', async () => {
    await inTransaction(database.pool, async (tx) => {
      const crowd = Array.from({ length: 1_100 }, (_, n) =>
        person(`c${n}`, { name: `Crowd ${1_000 + n}`, popularity: 2 + n }),
      );
      const rest = [person('r', { name: 'Crowd rest', popularity: 0.2 }), person('w', { name: 'Crowd' })];
      const observedAt = new Date('2026-01-01T00:00:00Z');
      await postgresPersonWriter(tx).observePersons(rest.map((each) => ({ person: each, observedAt })));
      const few = await postgresPersonStore(tx).search({ text: 'crowd', includeAdult: false }, first(5));
      assert.deepEqual(names(few), ['Crowd', 'Crowd rest']);
      await postgresPersonWriter(tx).observePersons(crowd.map((each) => ({ person: each, observedAt })));
      const found = await postgresPersonStore(tx).search({ text: 'crowd', includeAdult: false }, first(5));
      assert.deepEqual(names(found), ['Crowd', 'Crowd 2099', 'Crowd 2098', 'Crowd 2097', 'Crowd 2096']);
      assert.equal(await postgresPersonStore(tx).countMatches({ text: 'crowd', includeAdult: false }), 301);
      await tx.query(`delete from persons where search_text like 'crowd%'`);
    });
  });

  it('lists the popular alone of a word that more than a hundred of them have; a filter finds all', async () => {
    const listed = () => store().countMatches({ text: 'common', includeAdult: false });
    const add = (from: number, to: number, popularity: number) =>
      database.pool.query(
        `insert into persons (id, name, popularity, adult, observed_at)
        select 'common' || n, 'Common ' || n, $3, false, now() from generate_series($1::integer, $2::integer) n`,
        [from, to, popularity],
      );
    await add(1, 99, 2);
    await add(200, 200, 0.5);
    assert.equal(await listed(), 100);
    await add(100, 100, 1);
    assert.equal(await listed(), 100);
    assert.equal(await store().count({ ...everybody, words: 'common' }), 101);
    await database.pool.query(`delete from persons where id like 'common%'`);
  });

  it('takes what people type for what a name has', async () => {
    const typed: readonly (readonly [name: string, ...queries: string[]])[] = [
      ['J.R.R. Quillfeather', 'jrr quillfeather', 'J.R.R. Quillfeather', 'j r r quillfeather', 'j.r.r quill'],
      ["Siobhán O'Quark", 'siobhan oquark', 'siobhan o’quark', "O'Quark", 'siobhan o quark'],
      ['Jean-Luc Gadget', 'jeanluc gadget', 'jean luc gadget', 'jean‐luc'],
      ['Ｗｉｄｅ Ｎａｍｅ', 'wide name', 'Ｗｉｄｅ'],
      ['Ayşe Işıldak', 'ayse isildak', 'AYŞE IŞILDAK'],
      ['Đoàn Thị Hạ Vy', 'doan thi ha vy', 'đoàn thị'.normalize('NFD')],
      ['مُحَمَّدٌ الرحّال', 'محمد الرحال', 'مُحَمَّد'],
      ['שְׁלֹמֹה כּוֹכָב', 'שלמה כוכב', 'שְׁלֹמֹה'],
      ['ก้องเกียรติ ใจดี', 'ก้องเกียรติ', 'ก้องเกียรติ ใจดี'],
      ['अमृता सिंह', 'अमृता', 'अमृता सिंह'],
      ['Søren Æbleskov', 'soren aebleskov', 'søren æbleskov'],
      ['Penn & Quiller', 'penn and quiller', 'penn & quiller', 'penn quiller'],
      ['†††', '†††', '† † †'],
      ['Zoltan Quib', 'zoltan qiub', 'zoltanquib', 'zoltn quib', 'zolttan quib', 'zoltan qulb'],
    ];
    const observedAt = new Date('2026-01-02T00:00:00Z');
    const persons = typed.map(([name], n) => ({ person: person(`typed${n}`, { name, popularity: 3 }), observedAt }));
    await inTransaction(database.pool, (tx) => postgresPersonWriter(tx).observePersons(persons));
    for (const [name, ...queries] of typed) {
      for (const query of queries) assert.equal((await search(query))[0], name, query);
    }
    const whole = { ...everybody, words: 'jrr quillfeather' };
    assert.deepEqual(names(await store().list(whole, { field: 'NAME', direction: 'ASC' }, first(2))), [typed[0]?.[0]]);
    assert.equal(await store().count({ ...everybody, words: '%' }), 0);
    await database.pool.query(`delete from persons where id like 'typed%'`);
  });

  it('counts what it finds, and continues after a match', async () => {
    assert.equal(await store().count(everybody), 12);
    assert.equal(await store().countMatches({ text: 'tom', includeAdult: false }), 2);
    assert.equal(await store().countMatches({ text: 'nobody at all', includeAdult: false }), 0);
    const [hanks] = await store().search({ text: 'tom', includeAdult: false }, first(1));
    assert.ok(hanks);
    assert.deepEqual(
      names(
        await store().search(
          { text: 'tom', includeAdult: false },
          { limit: 5, backward: false, cursor: hanks.sortKeys },
        ),
      ),
      ['Tom Li'],
    );
    const [li] = await store().search({ text: 'tom', includeAdult: false }, { limit: 1, backward: true, cursor: null });
    assert.ok(li);
    assert.deepEqual(
      names(
        await store().search({ text: 'tom', includeAdult: false }, { limit: 5, backward: true, cursor: li.sortKeys }),
      ),
      ['Tom Hanks'],
    );
  });
});
