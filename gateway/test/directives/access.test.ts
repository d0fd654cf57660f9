import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, type OperationDefinitionNode, parse, print } from 'graphql';
import { meetsRequirement, type Requirement, readAccessRules } from '../../src/directives/access.ts';
import { guardOperation } from '../../src/operations/authorize-operation.ts';
import { normalizeOperation } from '../../src/operations/normalize-operation.ts';

const DEFINITIONS = `
  directive @link(url: String, as: String, import: [Import]) repeatable on SCHEMA
  directive @auth on OBJECT | INTERFACE | FIELD_DEFINITION | SCALAR | ENUM
  directive @policy(policies: [[String!]!]!) on OBJECT | INTERFACE | FIELD_DEFINITION | SCALAR | ENUM
  directive @requiresScopes__scopes on FIELD_DEFINITION
  scalar Import`;
const LINKS = `schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "auth")
  @link(url: "https://example.org/policy/v0.1", import: ["@policy"]) { query: Query }`;

/** A schema with objects that require more than their interface. */
const sdl = `${DEFINITIONS} ${LINKS}
  type Query { nodes: [Node] search: Result secret: String @policy(policies: [["x"]]) }
  interface Node { id: ID title: String }
  interface Titled { title: String }
  union Result = Movie | Draft
  type Movie implements Node & Titled { id: ID title: String }
  type Draft implements Node @auth { id: ID title: String }
  type Note implements Node & Titled { id: ID title: String @auth }
  extend type Movie { extra: Int @auth }`;
const schema = buildSchema(sdl);

function plannedFor(query: string): string | undefined {
  const document = parse(query);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const guard = guardOperation(schema, readAccessRules(parse(sdl)), normalizeOperation(schema, document, operation));
  return guard && print(guard.restrict(guard.unmet(undefined)).planned).replace(/\s+/g, ' ');
}

test('rules are read by the names that the supergraph links, and not from other directives with these names', () => {
  assert.deepEqual([...readAccessRules(parse(sdl)).keys()], ['Draft', 'Note.title', 'Movie.extra']);
});

test('a field of an interface is refused when a possible object type requires more', () => {
  assert.equal(plannedFor('{ nodes { id } }'), '{ nodes { __typename } }');
  assert.equal(
    plannedFor('{ nodes { ... on Movie { title } ... on Note { title id } } }'),
    '{ nodes { ... on Movie { title } ... on Note { id } } }',
  );
});

test('only object types that the type conditions permit count', () => {
  assert.equal(
    plannedFor('{ nodes { ... on Movie { ... on Node { id } } } search { ... on Movie { id } } }'),
    undefined,
  );
  assert.equal(plannedFor('{ search { ... on Node { id } } }'), '{ search { __typename } }');
  assert.equal(plannedFor('{ search { ... on Titled { title } } }'), undefined);
});

test('the scopes of one list are enough, and no list requires nothing', () => {
  const scopes = (...anyOf: string[][]): Requirement => ({ kind: 'scopes', anyOf });
  const caller = { scopes: ['a', 'b'], policies: ['p'] };
  assert.equal(meetsRequirement(scopes(['c'], ['a', 'b']), caller), true);
  assert.equal(meetsRequirement(scopes(['c'], ['a', 'c']), caller), false);
  assert.equal(meetsRequirement(scopes(['p']), caller), false);
  assert.equal(meetsRequirement({ kind: 'policies', anyOf: [['p']] }, caller), true);
  assert.equal(meetsRequirement(scopes(), undefined), true);
  assert.equal(meetsRequirement(scopes(['a']), undefined), false);
  assert.equal(meetsRequirement({ kind: 'authenticated' }, undefined), false);
  assert.equal(meetsRequirement({ kind: 'authenticated' }, { scopes: [], policies: [] }), true);
});
