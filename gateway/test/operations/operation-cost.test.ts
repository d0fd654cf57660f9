import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { readCostDirectives } from '../../src/directives/cost.ts';
import { normalizeOperation } from '../../src/operations/normalize-operation.ts';
import { operationCost } from '../../src/operations/operation-cost.ts';

const sdl = `
  schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", { name: "@listSize", as: "@sized" }])
    { query: Query mutation: Mutation }
  directive @link(url: String, import: [Import]) repeatable on SCHEMA
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  directive @sized(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true)
    on FIELD_DEFINITION
  scalar Import
  type Query {
    movie(id: ID): Movie
    movies(first: Int, last: Int): Movies!
    every: [Movie!]!
    few: [Movie] @sized(assumedSize: 3)
    some(count: Int = 4): [Movie!] @sized(slicingArguments: ["count"])
    search: Movies @cost(weight: 50)
    anything: Anything
    named: [Named!]! @sized(assumedSize: 2)
    batch(ids: [ID!]!): [Movie] @sized(slicingArguments: ["ids"])
    within(page: Page): [Movie] @sized(slicingArguments: ["page.size"])
    one(first: Int, last: Int): [Movie] @sized(slicingArguments: ["first", "last"], assumedSize: 9)
    any(first: Int, last: Int): [Movie] @sized(slicingArguments: ["first", "last"], assumedSize: 9, requireOneSlicingArgument: false)
    results(first: Int): Results @sized(slicingArguments: ["first"], sizedFields: ["movies", "more { movies }"])
    filtered(by: Filter, dear: Int @cost(weight: 3), level: Level): Int
    hash: Hash
  }
  interface Named { name: String }
  type Person implements Named { name: String }
  type Bot implements Named { name: String @cost(weight: 4) }
  scalar Hash @cost(weight: 6)
  enum Level @cost(weight: 2) { HIGH }
  input Page { size: Int }
  input Filter { text: String @cost(weight: 5) and: [Filter!] }
  type Results { movies: [Movie!]! others: [Movie!]! more: More }
  type More { movies: [Movie!]! }
  type Mutation { rename: Movie }
  type Movie { id: ID title: String names: [String!] makers(first: Int): Movies heavy: Heavy }
  type Movies { edges: [Edge!]! pageInfo: PageInfo total: Int }
  type Edge { node: Movie cursor: String }
  type PageInfo { more: Boolean }
  type Heavy @cost(weight: 7) { a: Int }
  union Anything = Movie | Heavy
`;
const schema = buildSchema(sdl);
const directives = readCostDirectives(sdl);

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return operationCost(schema, normalizeOperation(schema, document, operation), coerced, directives);
}

const costs: [string, number, Record<string, unknown>?][] = [
  ['{ movie { id title names } }', 1],
  ['{ movies(first: 5) { edges { node { id } } } }', 1 + 5 * 2],
  ['{ movies(last: 5) { edges { node { id } } } }', 1 + 5 * 2],
  ['{ movies { edges { node { id } } } }', 1 + 20 * 2],
  ['{ movies(first: 0) { edges { node { id } } } }', 1],
  ['{ movies(first: -9) { edges { node { id } } } }', 1],
  ['query ($n: Int = 3) { movies(first: $n) { edges { node { id } } } }', 1 + 3 * 2],
  ['query ($n: Int) { movies(first: $n) { edges { node { id } } } }', 1 + 7 * 2, { n: 7 }],
  ['{ movies(first: 5) { total } }', 1],
  [
    '{ movies(first: 5) { pageInfo { more } edges { node { makers(first: 10) { edges { cursor } } } } } }',
    1 + 5 * (3 + 1 + 10),
  ],
  ['{ every { id } }', 10],
  ['{ few { id } }', 3],
  ['{ some { id } }', 4],
  ['{ some(count: 6) { id } }', 6],
  ['{ search { total } }', 50],
  ['{ movie { heavy { a } } }', 1 + 7],
  ['{ anything { ... on Movie { heavy { a } } ... on Heavy { a } } }', 1 + 7],
  ['{ movie { ...F ...F } } fragment F on Movie { heavy { a } }', 1 + 7],
  ['{ movie { heavy @include(if: false) { a } } }', 1],
  ['mutation { a: rename { id } b: rename { id } }', 2 * 11],
  ['{ named { name } }', 2 * (1 + 4)],
  ['{ named { ... on Person { name } } }', 2],
  ['{ batch(ids: ["a", "b", "c"]) { id } }', 3],
  ['query ($size: Int) { within(page: { size: $size }) { id } }', 1 + 6, { size: 6 }],
  ['{ one(last: 2) { id } }', 2],
  ['{ any { id } }', 9],
  ['{ any(first: 3, last: 4) { id } }', 4],
  ['{ results(first: 3) { movies { id } others { id } more { movies { heavy { a } } } } }', 1 + 3 + 10 + 1 + 3 * 8],
  ['{ filtered }', 0],
  ['{ filtered(dear: 1, level: HIGH) }', 3 + 2],
  ['{ filtered(by: { text: "a", and: [{ text: "b" }, {}] }) }', 1 + 5 + 1 + 5 + 1],
  ['query ($by: Filter) { filtered(by: $by) }', 1 + 5, { by: { text: 'a' } }],
  ['query ($by: Filter) { filtered(by: $by) }', 0, { by: null }],
  ['{ hash }', 6],
  ['{ __schema { types { fields { args { name } } } } }', 0],
];
for (const [query, cost, variables] of costs) {
  test(`costs ${cost}: ${query}`, () => assert.equal(costOf(query, variables), cost));
}

test('a list that requires one slicing argument is rejected with none and with two', () => {
  for (const query of ['{ one { id } }', '{ one(first: 1, last: 1) { id } }', '{ results { movies { id } } }']) {
    assert.throws(() => costOf(query), { extensions: { code: 'SLICING_ARGUMENT_REQUIRED' } }, query);
  }
});

test('a supergraph without linked cost directives has no costs', () => {
  const { weights, listSizes } = readCostDirectives(sdl.replace('specs.apollo.dev', 'example.org'));
  assert.deepEqual([weights.size, listSizes.size], [0, 0]);
});
