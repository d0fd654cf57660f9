import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFINITIONS_FILE, eventSchemaFiles, type JsonSchema, readSchema } from '../generation/schemas.ts';
import { CHANGE_TOPICS } from '../src/change-topics.ts';
import { OBSERVATION_TOPICS } from '../src/generated/topics.ts';

test('every topic has the schema that its events name, and no schema is without a topic', () => {
  assert.deepEqual(
    eventSchemaFiles().map((file) => readSchema(file).$id),
    [...OBSERVATION_TOPICS, ...CHANGE_TOPICS].map(({ dataSchema }) => dataSchema).sort(),
  );
});

test('every definition and every property carries a description, its own or that of what it refers to', () => {
  const shared = readSchema(DEFINITIONS_FILE).$defs ?? {};
  const bare: string[] = [];
  let seen = 0;
  for (const file of [...eventSchemaFiles(), DEFINITIONS_FILE]) {
    const schema = readSchema(file);
    const definitions: Record<string, JsonSchema | undefined> = { ...shared, ...schema.$defs };
    const check = (part: JsonSchema, path: string) => {
      seen += 1;
      const name = typeof part.$ref === 'string' ? part.$ref.slice(part.$ref.lastIndexOf('/') + 1) : '';
      if (!(part.description ?? definitions[name]?.description)) bare.push(`${file} ${path}`);
      for (const [property, value] of Object.entries((part.properties ?? {}) as Record<string, JsonSchema>)) {
        check(value, `${path}/properties/${property}`);
      }
    };
    check(schema, '');
    for (const [name, definition] of Object.entries(schema.$defs ?? {})) check(definition, `/$defs/${name}`);
  }
  assert.deepEqual(bare, []);
  assert.ok(seen > 80, `only ${seen} were looked at`);
});
