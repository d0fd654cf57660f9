import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { parse, validate } from 'graphql';
import { apiSchema } from '../../schema/api-schema.ts';

const root = path.resolve(import.meta.dirname, '../../..');

it('executes the operations of docs/writing.md', () => {
  const page = readFileSync(path.join(root, 'docs/writing.md'), 'utf8');
  const blocks = [...page.matchAll(/^```graphql\n(.*?)^```/gms)].map(([, operation]) => operation as string);
  const inline = [...page.matchAll(/\{"query":\s*"(.*?)"\}'/gs)].map(([, text]) => JSON.parse(`"${text}"`) as string);
  assert.ok(blocks.length >= 6 && inline.length >= 1);
  const schema = apiSchema(path.join(root, 'supergraph.graphql'));
  for (const operation of [...blocks, ...inline]) {
    const faults = validate(schema, parse(operation)).map(({ message }) => message);
    assert.deepEqual(faults, [], operation);
  }
});
