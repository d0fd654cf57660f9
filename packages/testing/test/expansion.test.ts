import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testDatabase } from '@marquee/local-services/test-database';
import pg from 'pg';
import { catalogueOf, contractions } from '../src/expansion.ts';

const FIRST = `
  create schema films;
  create table films.movies (id text primary key, title text not null default '', year int, score numeric(4, 2));
  create table films.genres (id int primary key, name text);
  create view films.titles as select id, title from films.movies;
  create function films.fold(words text) returns text language sql as 'select lower(words)';
`;

/** Statements that the code which knew the first schema does not notice. */
const EXPANDING = [
  'create table films.reviews (id int primary key, movie_id text not null references films.movies on delete cascade)',
  'alter table films.movies add runtime int',
  'alter table films.movies add runtime int check (runtime > 0)',
  "alter table films.movies add status text not null default 'RELEASED'",
  'alter table films.movies add serial int generated always as identity',
  'alter table films.movies alter title drop not null',
  'create index on films.movies (year)',
  'create function films.fold(words text, times int) returns text language sql as $$ select words $$',
];

/** Statements that it trips over, with what is said of them. */
const CONTRACTING: Readonly<Record<string, RegExp>> = {
  'drop table films.genres': /genres is gone/,
  'alter table films.genres rename to kinds': /genres is gone/,
  'alter table films.movies drop year': /movies\.year is gone/,
  'alter table films.movies rename year to released': /movies\.year is gone/,
  'alter table films.movies alter year type text': /movies\.year is text instead of integer/,
  'alter table films.movies alter score type numeric(3, 2)': /movies\.score is numeric\(3,2\)/,
  'alter table films.movies alter year set not null': /movies\.year is newly demanded/,
  'alter table films.movies add runtime int not null': /movies\.runtime is new, and demanded of every row/,
  'alter table films.movies alter title drop default': /movies\.title is no longer filled in/,
  'alter table films.movies add check (year > 1870)': /a new demand/,
  'alter table films.genres add unique (name)': /a new demand/,
  'create unique index on films.genres (name)': /index films\..* of genres is a new demand/,
  'alter table films.movies add foreign key (year) references films.genres on delete cascade': /a new demand/,
  'create table films.reviews (movie_id text references films.movies)': /keeps rows of movies from being deleted/,
  'drop view films.titles': /titles is gone/,
  'drop function films.fold': /function fold\(words text\) text is gone/,
};

describe('a migration', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let db: pg.Client;
  before(async () => {
    database = await testDatabase();
    db = new pg.Client({ connectionString: database.adminUrl });
    await db.connect();
    await db.query(FIRST);
  });
  after(async () => {
    await db.end();
    await database.drop();
  });

  /** Returns the contractions of a statement, and rolls it back. */
  async function takenBy(statement: string): Promise<string[]> {
    await db.query('begin');
    try {
      const known = await catalogueOf(db, 'films');
      await db.query(statement);
      return contractions(known, await catalogueOf(db, 'films'));
    } finally {
      await db.query('rollback');
    }
  }

  for (const statement of EXPANDING) {
    test(`expands: ${statement}`, async () => assert.deepEqual(await takenBy(statement), []));
  }
  for (const [statement, mistake] of Object.entries(CONTRACTING)) {
    test(`contracts: ${statement}`, async () => assert.match((await takenBy(statement)).join('\n'), mistake));
  }
});
