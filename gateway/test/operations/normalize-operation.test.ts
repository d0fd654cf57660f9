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
  type Query { node: Node film(id: ID): Film }
  type Film implements Node { id: ID! self: Film title(in: String): String next: Film }
  type Star implements Node { id: ID! self: Star name: String }
`);

interface Thing {
  readonly __typename: string;
  readonly id: string;
}
const film = {
  __typename: 'Film',
  id: '1',
  title: 'The Matrix',
  get self() {
    return film;
  },
  get next() {
    return film;
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
    rootValue: { node: film, film },
    variableValues: { a: true },
    typeResolver: ({ __typename }: Thing) => __typename,
  });
  assert.equal(result.errors, undefined, text);
  return JSON.stringify(result.data);
}

test('operations that ask for the same in other words have one normal form', () => {
  const groups = [
    [
      '{ film { id title } }',
      '{ film { id, title } # both\n }',
      '{ film { ...F } } fragment F on Film { id title }',
      '{ ...Q } fragment Q on Query { film { ...Other ... { title } } } fragment Other on Film { id }',
      '{ film { id id title title: title } film { id } } fragment Unused on Film { id }'.replace(/ fragment.*/, ''),
      'query { film { id } film { title } }',
    ],
    ['{ node { ...F } } fragment F on Film { id title }', '{ node { ... on Film { id } ... on Film { title } } }'],
    ['{ node { id ... on Film { title } } }', '{ node { ... on Node { id } ...G } } fragment G on Film { title }'],
  ];
  for (const group of groups) {
    const forms = new Set(group.map(normal));
    assert.equal(forms.size, 1, [...forms].join('\n'));
  }
});

test('operations that ask for something else, or in another order, do not', () => {
  const texts = [
    '{ film { id title } }',
    '{ film { title id } }',
    '{ film { id title(in: "en") } }',
    '{ film { id name: title } }',
    'query Q { film { id title } }',
    'query($a: Boolean!) { film { id title @include(if: $a) } }',
    'query($a: Boolean!) { film { id ... @include(if: $a) { title } } }',
    '{ film(id: 1) { id title } }',
    '{ node { id ... on Film { title } } }',
    '{ node { ... on Film { title } id } }',
  ];
  assert.equal(new Set(texts.map(normal)).size, texts.length);
});

test('the normal form is answered as the operation is, in the order of its keys', () => {
  const texts = [
    '{ film { next { id } ... on Node { next: self { id } } title } }'.replace('next: self { id }', 'self { id }'),
    '{ node { self { id } ... on Film { self { title } } self { __typename } } }',
    '{ node { ... on Film { id } self { id } ... on Film { title } } }',
    '{ node { ... on Film { title } ... on Star { name } ... on Film { id } } }',
    '{ film { id next { title } id next { id title } title } }',
    'query($a: Boolean!) { film { ... @include(if: $a) { id } ... @include(if: $a) { title } ... @skip(if: $a) { next { id } } } }',
  ];
  for (const text of texts) {
    const form = normal(text);
    assert.equal(answer(form), answer(text), form);
    assert.equal(normal(form), form, 'it is its own normal form');
  }
});

test('a field on a condition keeps its place between those of its key without one', () => {
  const text =
    'query ($a: Boolean = true) { film { id } film @include(if: $a) { title self { id } } film { next { id } title } }';
  assert.equal(answer(normal(text)), answer(text));
});
