import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GraphPart } from '../../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../../fixtures/served-graph.ts';

const SHARED = 'scalar JSON scalar Date directive @note(data: JSON) on FIELD | QUERY';

const PARTS: Record<string, GraphPart> = {
  movies: {
    schema: `${SHARED}
      input Filter { and: [Filter!] not: Filter since: Date }
      type Query { find(json: JSON, since: Date, filter: Filter, days: [[Date]]): String movie: Movie }
      type Movie @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        find: (_, { json, since, filter, days }) => JSON.stringify(json ?? since ?? filter ?? days),
        movie: () => ({ id: 1 }),
      },
    },
  },
  scores: {
    schema: `${SHARED} type Movie @key(fields: "id") { id: ID! score(of: JSON): String }`,
    resolvers: { Movie: { score: (_, { of }) => JSON.stringify(of) } },
  },
};

const lists = (depth: number, value = '1') => '['.repeat(depth) + value + ']'.repeat(depth);
const filters = (depth: number, value: string): string =>
  depth === 0 ? value : `{ and: [${filters(depth - 1, value)}] }`;
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');

describe('literals', () => {
  let graph: ServedGraph;
  before(async () => {
    graph = await startGraph(PARTS);
  });
  after(() => graph?.stop());

  const planned = () => graph.metric('marquee_planning_seconds_count{service="gateway",outcome="planned"');

  const TOO_DEEP: Record<string, string> = {
    'lists for a custom scalar': `{ find(since: ${lists(26)}) }`,
    'objects for a custom scalar': `{ find(json: ${'{ a: '.repeat(21)}1${' }'.repeat(21)}) }`,
    'input objects': `{ find(filter: ${filters(11, '{ since: "1" }')}) }`,
    'input objects around a variable': `query ($since: Date) { find(filter: ${filters(12, '{ since: $since }')}) }`,
    'a default of a variable': `query ($json: JSON = ${lists(26)}) { find(json: $json) }`,
    'an argument of a directive': `{ find @note(data: ${lists(30)}) }`,
    'an argument of a directive of the operation': `query @note(data: ${lists(30)}) { find }`,
    'an argument below the root': `{ movie { score(of: ${lists(40)}) } }`,
    'a fragment': `{ ...F } fragment F on Query { movie { score(of: ${lists(90)}) } }`,
  };
  for (const [name, text] of Object.entries(TOO_DEEP)) {
    it(`too deep are rejected: ${name}`, async () => {
      const before = await planned();
      const { errors = [] } = await graph.query(text);
      assert.deepEqual(
        errors.map(({ extensions }) => extensions.code),
        ['LITERAL_DEPTH_LIMIT_EXCEEDED'],
      );
      assert.equal(await planned(), before);
    });
  }

  const TOO_MANY: Record<string, string> = {
    'in a fragment that is spread often': `{ ${repeat(10, (i) => `a${i}: movie { ...F }`)} }
      fragment F on Movie { score(of: [${'1 '.repeat(300)}]) }`,
    'in fragments of fragments': `{ ${repeat(5, (i) => `a${i}: movie { ...F }`)} }
      fragment F on Movie { ... on Movie { ...G } } fragment G on Movie { score(of: { a: [${'1 '.repeat(500)}] }) }`,
  };
  for (const [name, text] of Object.entries(TOO_MANY)) {
    it(`too many are rejected: ${name}`, async () => {
      const { errors = [] } = await graph.query(text);
      assert.deepEqual(
        errors.map(({ extensions }) => extensions.code),
        ['LITERAL_LIMIT_EXCEEDED'],
      );
    });
  }

  it('within the limits reach the subgraph unchanged', async () => {
    const json = { find: JSON.stringify(JSON.parse(lists(20))) };
    assert.deepEqual(await graph.query(`{ find(json: ${lists(20)}) }`), { data: json });
    assert.deepEqual(await graph.query(`{ find(since: ${lists(19)}) @note(data: ${lists(20)}) }`), {
      data: { find: lists(19) },
    });
    assert.deepEqual(await graph.query(`{ movie { score(of: { a: [[{ b: 1.5 }]] }) } }`), {
      data: { movie: { score: '{"a":[[{"b":1.5}]]}' } },
    });
    const deep = `query ($since: Date) { find(filter: ${filters(9, '{ not: { since: $since } }')}) }`;
    assert.deepEqual(await graph.query(deep, { since: 1 }), {
      data: { find: filters(9, '{"not":{"since":1}}').replaceAll(' ', '').replaceAll('and', '"and"') },
    });
  });

  it('that differ share a plan', async () => {
    const before = await planned();
    for (const day of ['2001', '2002', '2003']) {
      assert.deepEqual(await graph.query(`{ find(since: "${day}") }`), { data: { find: `"${day}"` } });
    }
    assert.deepEqual(await graph.query('query ($since: Date) { find(since: $since) }', { since: '2004' }), {
      data: { find: '"2004"' },
    });
    assert.deepEqual(await graph.query('{ find(since: "2001") }', { since: '2005' }), { data: { find: '"2001"' } });
    assert.equal(await planned(), before + 1);
  });

  it('distinguish operations in flight', async () => {
    const days = ['1', '2', '3', '4'];
    const answers = await Promise.all(days.map((day) => graph.query(`{ movie { score(of: ["${day}"]) } }`)));
    assert.deepEqual(
      answers.map(({ data }) => data),
      days.map((day) => ({ movie: { score: `["${day}"]` } })),
    );
  });

  it('do not appear in errors of variables', async () => {
    const { errors = [] } = await graph.query('query ($n: Boolean!) { find(json: [1]) @include(if: $n) }', { n: 'x' });
    assert.equal(errors[0]?.extensions.code, 'BAD_USER_INPUT');
    assert.match(errors[0]?.message ?? '', /^Variable "\$n"/);
  });
});

describe('values of variables that the operation does not define', () => {
  it('are ignored', async (t) => {
    const graph = await startGraph(PARTS);
    t.after(() => graph.stop());
    const values = {
      lists: lists(190),
      objects: `${'{"a":'.repeat(190)}1${'}'.repeat(190)}`,
      text: '"secret"',
    };
    for (const [name, value] of Object.entries(values)) {
      const response = await fetch(`${graph.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"query":"{ movie { id } }","variables":{"${name}":${value}}}`,
      });
      assert.deepEqual(await response.json(), { data: { movie: { id: '1' } } }, name);
    }
    for (const { variables } of graph.requests) assert.deepEqual(variables, {});
  });
});
