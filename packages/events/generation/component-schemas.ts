import { DEFINITIONS_FILE, eventSchemaFiles, type JsonSchema, readSchema } from './schemas.ts';

/**
 * Returns every schema and definition by name, with references within one document. AsyncAPI 3.0 reads schemas as JSON Schema draft 07,
 * in which a `$ref` hides its siblings (section 8.3 of its core specification), so such a reference moves into an `allOf`.
 */
export function componentSchemas(): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  for (const file of [...eventSchemaFiles(), DEFINITIONS_FILE]) {
    const {
      $id: _id,
      $schema: _dialect,
      'x-entity': _entity,
      'x-consumer': _consumer,
      $defs = {},
      title,
      ...root
    } = readSchema(file);
    const named = title === undefined ? $defs : { [title]: root, ...$defs };
    for (const [name, schema] of Object.entries(named)) {
      if (Object.hasOwn(schemas, name)) throw new Error(`${file}: the name ${name} is defined twice`);
      schemas[name] = withLocalReferences(schema);
    }
  }
  return schemas;
}

function withLocalReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLocalReferences);
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...beside } = value as JsonSchema & { $ref?: unknown };
  const rest = Object.fromEntries(Object.entries(beside).map(([key, member]) => [key, withLocalReferences(member)]));
  if (typeof $ref !== 'string') return rest;
  const reference = { $ref: `#/components/schemas/${$ref.slice($ref.lastIndexOf('/') + 1)}` };
  return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [reference] };
}
