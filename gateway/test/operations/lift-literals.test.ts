import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, Kind, parse, print, validate } from 'graphql';
import type { NormalizedOperation } from '../../src/graphql/normalized-operation.ts';
import { liftLiterals } from '../../src/operations/lift-literals.ts';

const schema = buildSchema(`
  scalar JSON
  scalar Date
  directive @note(data: JSON, text: String) on FIELD | QUERY
  enum Order { UP DOWN }
  input Filter { and: [Filter!], not: Filter, since: Date, text: String = "x", order: Order, days: [[Date!]] }
  type Query {
    find(filter: Filter, order: Order, json: JSON, since: Date!, days: [Date], number: Int, id: ID, representations: JSON): String
    movie: Movie
  }
  type Movie { at(day: Date): Int }
`);

function lifted(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text, { noLocation: true });
  const ignored = /is required, but it was not provided/;
  assert.deepEqual(
    validate(schema, document).filter(({ message }) => !ignored.test(message)),
    [],
  );
  const [operation] = document.definitions;
  assert.ok(operation?.kind === Kind.OPERATION_DEFINITION);
  const { operation: after, literals } = liftLiterals(schema, operation as NormalizedOperation);
  const { given, coerced } = literals.addTo({ given: variables, coerced: variables });
  return { text: print(after).replace(/\s+/g, ' '), given: JSON.stringify(given), coerced };
}

describe('literals that become variables', () => {
  const forms: Record<string, [string, string, string]> = {
    'a custom scalar': [
      '{ find(since: "2001-01-01") }',
      'query ($since: Date!) { find(since: $since) }',
      '{"since":"2001-01-01"}',
    ],
    'a list of lists for a custom scalar': [
      '{ find(json: [[[1, "a", true, null, A]]]) }',
      'query ($json: JSON) { find(json: $json) }',
      '{"json":[[[1,"a",true,null,"A"]]]}',
    ],
    'an input object': [
      '{ find(filter: { and: [{ order: UP }] }) }',
      'query ($filter: Filter) { find(filter: $filter) }',
      '{"filter":{"and":[{"order":"UP"}]}}',
    ],
    'a list, and one value in place of one': [
      '{ a: find(days: ["1", "2"]) b: find(days: "3") }',
      'query ($days: [Date], $days_2: [Date]) { a: find(days: $days) b: find(days: $days_2) }',
      '{"days":["1","2"],"days_2":"3"}',
    ],
    'equal ones once': [
      '{ a: find(since: "1") b: find(since: "1") movie { at(day: "1") } }',
      'query ($since: Date!, $day: Date) { a: find(since: $since) b: find(since: $since) movie { at(day: $day) } }',
      '{"since":"1","day":"1"}',
    ],
    'within fragments and directives': [
      '{ ... on Query { find @note(data: { a: [[1]] }) } }',
      'query ($data: JSON) { ... on Query { find @note(data: $data) } }',
      '{"data":{"a":[[1]]}}',
    ],
    'of directives of the operation': [
      'query @note(data: [[]]) { find }',
      'query ($data: JSON) @note(data: $data) { find }',
      '{"data":[[]]}',
    ],
    'numbers that no double is equal to': [
      '{ find(json: [9007199254740993, 1.10, 1e400, -0]) }',
      'query ($json: JSON) { find(json: $json) }',
      '{"json":[9007199254740993,1.10,1e400,-0]}',
    ],
    "beside the planner's own variable": [
      '{ find(representations: 1) }',
      'query ($representations_2: JSON) { find(representations: $representations_2) }',
      '{"representations_2":1}',
    ],
    'what nothing but the gateway reads, and specified scalars, stay': [
      '{ find(number: 1, id: 2, order: UP) @include(if: true) @note(text: "t") }',
      '{ find(number: 1, id: 2, order: UP) @include(if: true) @note(text: "t") }',
      '{}',
    ],
    'null stays': ['{ find(json: null, filter: null) }', '{ find(json: null, filter: null) }', '{}'],
  };
  for (const [name, [text, form, given]] of Object.entries(forms)) {
    it(name, () => {
      const after = lifted(text);
      assert.equal(after.text.trim(), form);
      assert.equal(after.given, given);
    });
  }

  it('beside variables, in an input object whose type is known', () => {
    const text = 'query ($since: Date) { find(filter: { since: $since, not: { since: "2" }, days: "3", text: "t" }) }';
    const after = lifted(text, { since: '1' });
    assert.equal(
      after.text,
      'query ($since: Date, $not: Filter, $days: [[Date!]]) { find(filter: {since: $since, not: $not, days: $days, text: "t"}) }',
    );
    assert.equal(after.given, '{"since":"1","not":{"since":"2"},"days":"3"}');
  });

  it('around variables, in a custom scalar', () => {
    const text = 'query ($a: Int, $b: Int = 2, $c: Order) { find(json: { a: $a, b: [$b, $c, $a], c: $c }) }';
    assert.equal(lifted(text).text, 'query ($a: Int, $b: Int = 2, $c: Order, $json: JSON) { find(json: $json) }');
    const { given, coerced } = lifted(text, { b: 2, c: null });
    assert.equal(given, '{"b":2,"c":null,"json":{"b":[2,null,null],"c":null}}');
    assert.deepEqual({ ...(coerced.json as object) }, { a: undefined, b: [2, null, undefined], c: null });
  });

  it('in a list with a variable, each by itself', () => {
    const text = 'query ($day: Date!) { find(filter: { days: [["1"], [$day, "2"]] }) }';
    const after = lifted(text, { day: '3' });
    assert.equal(
      after.text,
      'query ($day: Date!, $days: [Date!], $days_2: Date!) { find(filter: {days: [$days, [$day, $days_2]]}) }',
    );
    assert.equal(after.given, '{"day":"3","days":["1"],"days_2":"2"}');
  });
});
