import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { costDirectives } from '../../src/http/cost-directives.ts';
import { operationCost } from '../../src/http/operation-cost.ts';

const sdl = `
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT | SCALAR | ENUM
  directive @listSize(assumedSize: Int, slicingArguments: [String!]) on FIELD_DEFINITION
  type Query {
    film(id: ID): Film
    films(first: Int, last: Int): Films!
    every: [Film!]!
    few: [Film] @listSize(assumedSize: 3)
    some(count: Int = 4): [Film!] @listSize(slicingArguments: ["count"])
    search: Films @cost(weight: 50)
    anything: Anything
  }
  type Mutation { rename: Film }
  type Film { id: ID title: String names: [String!] makers(first: Int): Films heavy: Heavy }
  type Films { edges: [Edge!]! pageInfo: PageInfo total: Int }
  type Edge { node: Film cursor: String }
  type PageInfo { more: Boolean }
  type Heavy @cost(weight: 7) { a: Int }
  union Anything = Film | Heavy
`;
const schema = buildSchema(sdl);
const directives = costDirectives(sdl);

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  return operationCost(schema, document, document.definitions[0] as OperationDefinitionNode, variables, directives);
}

const costs: [string, number, Record<string, unknown>?][] = [
  ['{ film { id title names } }', 1],
  ['{ films(first: 5) { edges { node { id } } } }', 1 + 5 * 2],
  ['{ films(last: 5) { edges { node { id } } } }', 1 + 5 * 2],
  ['{ films { edges { node { id } } } }', 1 + 20 * 2],
  ['{ films(first: 0) { edges { node { id } } } }', 1],
  ['{ films(first: -9) { edges { node { id } } } }', 1],
  ['query ($n: Int = 3) { films(first: $n) { edges { node { id } } } }', 1 + 3 * 2],
  ['query ($n: Int) { films(first: $n) { edges { node { id } } } }', 1 + 7 * 2, { n: 7 }],
  ['{ films(first: 5) { total } }', 1],
  [
    '{ films(first: 5) { pageInfo { more } edges { node { makers(first: 10) { edges { cursor } } } } } }',
    1 + 5 * (3 + 1 + 10),
  ],
  ['{ every { id } }', 10],
  ['{ few { id } }', 3],
  ['{ some { id } }', 4],
  ['{ some(count: 6) { id } }', 6],
  ['{ search { total } }', 50],
  ['{ film { heavy { a } } }', 1 + 7],
  ['{ anything { ... on Film { heavy { a } } ... on Heavy { a } } }', 1 + 7],
  ['{ film { ...F ...F } } fragment F on Film { heavy { a } }', 1 + 2 * 7],
  ['{ film { heavy @include(if: false) { a } } }', 1],
  ['mutation { a: rename { id } b: rename { id } }', 2 * 11],
  ['{ __schema { types { fields { args { name } } } } }', 0],
];
for (const [query, cost, variables] of costs) {
  test(`costs ${cost}: ${query}`, () => assert.equal(costOf(query, variables), cost));
}
