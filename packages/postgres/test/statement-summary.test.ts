import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { summaryOf } from '../src/statement-summary.ts';

const CASES: readonly (readonly [text: string, summary: string])[] = [
  ['select id from movies where id = $1', 'SELECT movies'],
  ['insert into movies values ($1)', 'INSERT movies'],
  [
    'INSERT INTO outbox (event_id, entity) SELECT i.id, i.entity FROM incoming i, "Old Rows" o',
    'INSERT outbox SELECT incoming Old Rows',
  ],
  ['update movies as m set title = $1 from changes c where c.id = m.id', 'UPDATE movies changes'],
  ['delete from credits c using movies m where m.id = c.movie_id', 'DELETE credits movies'],
  [
    `with gone as (delete from credits where movie_id = any($1::text[]) returning id), kept (id) as materialized (select id from persons)
     insert into outbox select id from gone join kept using (id) on conflict (id) do update set seq = excluded.seq`,
    'DELETE credits SELECT persons INSERT outbox',
  ],
  [
    'select * from unnest($1::text[]) as i(id) left join lateral (select 1 from movies.ratings r) x on true',
    'SELECT movies.ratings',
  ],
  [
    "select extract(year from release_date), trim(both ' from secret' from title) from movies for update",
    'SELECT movies',
  ],
  [
    'select a is distinct from b, substring(title from 2) from movies m, persons p -- from comments',
    'SELECT movies persons',
  ],
  ['select (select count(*) from reviews r where r.movie_id = m.id) from only movies m', 'SELECT reviews movies'],
  ['begin', 'BEGIN'],
  ['set local statement_timeout = 5', 'SET'],
  ['select pg_notify($1, $2)', 'SELECT'],
  ['', 'SQL'],
];

for (const [text, summary] of CASES)
  test(`${text.slice(0, 60)} is ${summary}`, () => assert.equal(summaryOf(text), summary));

test('a summary is bounded, and ends with a whole name', () => {
  const summary = summaryOf(`select 1 from ${Array.from({ length: 100 }, (_, index) => `table_${index}`).join(', ')}`);
  assert.ok(summary.length <= 255 && summary.length > 240);
  assert.match(summary, / table_\d+$/);
});

test('a summary of a long hostile text takes no time', () => {
  const begun = performance.now();
  for (const part of ['(', "'", '$a$', '/*', '"', 'from ', 'a.', '--']) summaryOf(part.repeat(200_000));
  assert.ok(performance.now() - begun < 2_000);
});

test('the summaries of all statements of the subgraphs name their tables', () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  const files = globSync('subgraphs/*/src/infrastructure/*.ts', { cwd: root });
  const tables = new Set(
    globSync('subgraphs/*/src/infrastructure/migrations/*.sql', { cwd: root }).flatMap((file) =>
      [
        ...readFileSync(path.join(root, file), 'utf8').matchAll(
          /create (?:table|view|materialized view) (?:if not exists )?(\w+)/gi,
        ),
      ].map(([, name]) => name),
    ),
  );
  const literals = files.flatMap((file) =>
    [
      ...readFileSync(path.join(root, file), 'utf8').matchAll(
        /[`'](\s*(?:with|select|insert|update|delete) [^`]*?)[`']/gi,
      ),
    ].map(([, text]) => text as string),
  );
  const named = literals.filter((text) =>
    summaryOf(text)
      .split(' ')
      .some((part) => tables.has(part)),
  );
  assert.ok(literals.length > 50);
  assert.ok(named.length > literals.length / 2, `${named.length} of ${literals.length}`);
});
