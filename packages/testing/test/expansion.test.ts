import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testDatabase } from '@marquee/local-services/test-database';
import pg from 'pg';
import { catalogueOf, contractions } from '../src/expansion.ts';

const FIRST = `
  create schema catalogue;
  create table catalogue.movies (id text primary key, title text not null default '', year int, score numeric(4, 2));
  create table catalogue.genres (id int primary key, name text);
  create view catalogue.titles as select id, title from catalogue.movies;
  create function catalogue.fold(words text) returns text language sql as 'select lower(words)';
`;

/** Statements that the code which knew the first schema does not notice. */
const EXPANDING = [
  'create table catalogue.reviews (id int primary key, movie_id text not null references catalogue.movies on delete cascade)',
  'alter table catalogue.movies add runtime int',
  'alter table catalogue.movies add runtime int check (runtime > 0)',
  "alter table catalogue.movies add status text not null default 'RELEASED'",
  'alter table catalogue.movies add serial int generated always as identity',
  'alter table catalogue.movies alter title drop not null',
  'create index on catalogue.movies (year)',
  'create function catalogue.fold(words text, times int) returns text language sql as $$ select words $$',
];

/** Statements that it trips over, with what is said of them. */
const CONTRACTING: Readonly<Record<string, RegExp>> = {
  'drop table catalogue.genres': /genres is gone/,
  'alter table catalogue.genres rename to kinds': /genres is gone/,
  'alter table catalogue.movies drop year': /movies\.year is gone/,
  'alter table catalogue.movies rename year to released': /movies\.year is gone/,
  'alter table catalogue.movies alter year type text': /movies\.year is text instead of integer/,
  'alter table catalogue.movies alter score type numeric(3, 2)': /movies\.score is numeric\(3,2\)/,
  'alter table catalogue.movies alter year set not null': /movies\.year is newly demanded/,
  'alter table catalogue.movies add runtime int not null': /movies\.runtime is new, and demanded of every row/,
  'alter table catalogue.movies alter title drop default': /movies\.title is no longer filled in/,
  'alter table catalogue.movies add check (year > 1870)': /a new demand/,
  'alter table catalogue.genres add unique (name)': /a new demand/,
  'create unique index on catalogue.genres (name)': /index catalogue\..* of genres is a new demand/,
  'alter table catalogue.movies add foreign key (year) references catalogue.genres on delete cascade': /a new demand/,
  'create table catalogue.reviews (movie_id text references catalogue.movies)':
    /keeps rows of movies from being deleted/,
  'drop view catalogue.titles': /titles is gone/,
  'drop function catalogue.fold': /function fold\(words text\) text is gone/,
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
      const known = await catalogueOf(db, 'catalogue');
      await db.query(statement);
      return contractions(known, await catalogueOf(db, 'catalogue'));
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
