import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildSchema,
  executeSync,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
} from 'graphql';
import { normalizeOperation } from '../../src/operations/normalize-operation.ts';

const schema = buildSchema(`
  interface Node { id: ID! self: Node }
  type Query { node: Node movie(id: ID): Movie }
  type Movie implements Node { id: ID! self: Movie title(in: String): String next: Movie }
  type Star implements Node { id: ID! self: Star name: String }
`);

interface Thing {
  readonly __typename: string;
  readonly id: string;
}
const movie = {
  __typename: 'Movie',
  id: '1',
  title: 'The Matrix',
  get self() {
    return movie;
  },
  get next() {
    return movie;
  },
};

function normal(text: string): string {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return stripIgnoredCharacters(print(normalizeOperation(schema, document, operation as OperationDefinitionNode)));
}

function answer(text: string): string {
  const result = executeSync({
    schema,
    document: parse(text),
    rootValue: { node: movie, movie },
    variableValues: { a: true },
    typeResolver: ({ __typename }: Thing) => __typename,
  });
  assert.equal(result.errors, undefined, text);
  return JSON.stringify(result.data);
}

test('equivalent operations have one normal form', () => {
  const groups = [
    [
      '{ movie { id title } }',
      '{ movie { id, title } # both\n }',
      '{ movie { ...F } } fragment F on Movie { id title }',
      '{ ...Q } fragment Q on Query { movie { ...Other ... { title } } } fragment Other on Movie { id }',
      '{ movie { id id title title: title } movie { id } } fragment Unused on Movie { id }'.replace(/ fragment.*/, ''),
      'query { movie { id } movie { title } }',
    ],
    ['{ node { ...F } } fragment F on Movie { id title }', '{ node { ... on Movie { id } ... on Movie { title } } }'],
    ['{ node { id ... on Movie { title } } }', '{ node { ... on Node { id } ...G } } fragment G on Movie { title }'],
  ];
  for (const group of groups) {
    const forms = new Set(group.map(normal));
    assert.equal(forms.size, 1, [...forms].join('\n'));
  }
});

test('operations with other selections or another order do not', () => {
  const texts = [
    '{ movie { id title } }',
    '{ movie { title id } }',
    '{ movie { id title(in: "en") } }',
    '{ movie { id name: title } }',
    'query Q { movie { id title } }',
    'query($a: Boolean!) { movie { id title @include(if: $a) } }',
    'query($a: Boolean!) { movie { id ... @include(if: $a) { title } } }',
    '{ movie(id: 1) { id title } }',
    '{ node { id ... on Movie { title } } }',
    '{ node { ... on Movie { title } id } }',
  ];
  assert.equal(new Set(texts.map(normal)).size, texts.length);
});

test('the normal form has the same result with the same order of keys', () => {
  const texts = [
    '{ movie { next { id } ... on Node { next: self { id } } title } }'.replace('next: self { id }', 'self { id }'),
    '{ node { self { id } ... on Movie { self { title } } self { __typename } } }',
    '{ node { ... on Movie { id } self { id } ... on Movie { title } } }',
    '{ node { ... on Movie { title } ... on Star { name } ... on Movie { id } } }',
    '{ movie { id next { title } id next { id title } title } }',
    'query($a: Boolean!) { movie { ... @include(if: $a) { id } ... @include(if: $a) { title } ... @skip(if: $a) { next { id } } } }',
  ];
  for (const text of texts) {
    const form = normal(text);
    assert.equal(answer(form), answer(text), form);
    assert.equal(normal(form), form, 'it is its own normal form');
  }
});

test('a field with a condition keeps its position among fields of its response key', () => {
  const text =
    'query ($a: Boolean = true) { movie { id } movie @include(if: $a) { title self { id } } movie { next { id } title } }';
  assert.equal(answer(normal(text)), answer(text));
});
