import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createSupergraphPlanner } from '@marquee/gateway/planning/plan-supergraph';
import { getVariableValues, Kind, parse, validate } from 'graphql';
import { readDocuments } from '../../src/client-load/documents.ts';
import { createDraw, PROFILES } from '../../src/client-load/profiles.ts';
import { randomOf } from '../../src/loading/catalogue.ts';

const SITE = path.resolve(import.meta.dirname, '../../../web/src/generated/persisted-documents.json');
const SUPERGRAPH = path.resolve(import.meta.dirname, '../../../supergraph.graphql');

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'marquee-documents-'));
});
after(() => rm(folder, { recursive: true }));

async function read(name: string, text: string) {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return readDocuments(file);
}

test('operations are read from GraphQL and from both kinds of manifests, each with its fragments', async () => {
  const body = 'query A { ...F } fragment F on Query { __typename }';
  const texts = [
    await read('a.graphql', `${body} query B { __typename }`),
    await read('hashes.json', JSON.stringify({ 'sha256:1': body })),
    await read(
      'apollo.json',
      JSON.stringify({ format: 'apollo-persisted-query-manifest', operations: [{ name: 'A', body }] }),
    ),
  ].map((documents) => documents.get('A'));
  assert.equal(new Set(texts).size, 1);
  assert.match(texts[0] ?? '', /fragment F/);
  assert.doesNotMatch(texts[0] ?? '', /query B/);
});

test('files that cannot be read are reported with their name', async () => {
  const failure = { code: 'DOCUMENTS_UNREADABLE', exitCode: 2 };
  await assert.rejects(readDocuments(path.join(folder, 'missing.json')), {
    ...failure,
    message: /missing\.json: ENOENT/,
  });
  await assert.rejects(read('broken.graphql', 'query {'), { ...failure, message: /Syntax Error/ });
  await assert.rejects(read('anonymous.graphql', '{ __typename }'), { ...failure, message: /no name/ });
});

test('the operations of each profile are valid for the API, with the variables that it draws', async () => {
  const { apiSchema } = createSupergraphPlanner(await readFile(SUPERGRAPH, 'utf8'));
  const documents = await readDocuments(SITE);
  const objects = [{ id: '603', name: 'The Matrix' }];
  const draw = createDraw({ movies: objects, people: objects, genres: objects }, 1, randomOf(1));
  for (const { name, variables } of Object.values(PROFILES).flat()) {
    const document = parse(documents.get(name) ?? '');
    assert.deepEqual(validate(apiSchema, document), [], name);
    const [operation] = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const { errors } = getVariableValues(apiSchema, operation?.variableDefinitions ?? [], { ...variables(draw) });
    assert.equal(errors, undefined, name);
  }
});
