import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema, parse, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';
import { bodyOf } from '../tmdb/expected-movie.ts';
import { fieldsOfIngest, personFieldsOfIngest, withoutPersonRow, withoutRow } from '../tmdb/field-coverage.ts';
import { leavesOf } from '../tmdb/field-paths.ts';
import { RULES } from '../tmdb/field-rules.ts';
import { explainedRules, fieldRows, personRows, writtenRows } from '../tmdb/field-table.ts';
import { oddMovies } from '../tmdb/odd-movies.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

test('every row of docs/tmdb-fields.md is parsed and unique', () => {
  assert.equal(fieldRows.length + personRows.length, writtenRows);
  assert.ok(fieldRows.length > 90);
  const written = [...fieldRows, ...personRows].map(({ tmdb, graphql }) => `${tmdb} ${graphql}`);
  assert.deepEqual(written, [...new Set(written)]);
});

test('every rule is explained, tested and used', () => {
  const used = new Set([...fieldRows, ...personRows].flatMap(({ rule }) => rule ?? []));
  assert.deepEqual([...used].sort(), explainedRules.toSorted());
  assert.deepEqual(Object.keys(RULES).sort(), explainedRules.toSorted());
});

test('every field that ingest reads has a row', () => {
  const fields = fieldsOfIngest();
  assert.ok(
    fields.has('release_dates.results[].release_dates[].descriptors[]'),
    'the schemas are read to their leaves',
  );
  assert.deepEqual(withoutRow(fields), []);
});

test('every field of a person that ingest reads has a row, and every row such a field', () => {
  const fields = personFieldsOfIngest();
  assert.ok(fields.has('translations.translations[].data.biography'), 'the schema is read to its leaves');
  assert.deepEqual(withoutPersonRow(fields), []);
  const rows = personRows.map(({ tmdb }) => tmdb).filter((tmdb) => tmdb !== 'external_ids.imdb_id');
  assert.deepEqual(
    rows.filter((tmdb) => !fields.has(tmdb)),
    [],
  );
});

test('a field without a row is found', () => {
  assert.deepEqual(withoutRow(leavesOf({ title: 'x', belongs_to_collection: null, genres: [], rating: { mean: 1 } })), [
    'rating.mean',
  ]);
});

test('every field of the invented movies has a row', () => {
  for (const movie of Object.values(oddMovies)) assert.deepEqual(withoutRow(leavesOf(bodyOf(movie))), []);
});

for (const { type, file, rows } of [
  { type: 'Movie', file: 'whole-movie', rows: fieldRows },
  { type: 'Person', file: 'whole-person', rows: personRows },
]) {
  test(`every row of a ${type} has a field of the schema, which the tests of whole ones select`, () => {
    const schema = buildSchema(read('supergraph.graphql'), { assumeValidSDL: true });
    const document = parse(read(`tests/tmdb/${file}.graphql`));
    assert.deepEqual(validate(schema, document), []);
    const types = new TypeInfo(schema);
    const selected = new Set<string>();
    const way: string[] = [];
    visit(
      document,
      visitWithTypeInfo(types, {
        Field: {
          enter({ name }) {
            way.push(`${name.value}${/\[/.test(String(types.getType())) ? '[]' : ''}`);
            selected.add(way.slice(1).join('.'));
          },
          leave: () => void way.pop(),
        },
      }),
    );
    for (const { graphql } of rows) assert.ok(selected.has(graphql.replace(`${type}.`, '')), graphql);
  });
}
