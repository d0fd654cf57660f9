import type { JsonSchema } from '../generation/schemas.ts';

/** The schemas of one version, by `$id`. */
export type SchemaVersion = ReadonlyMap<string, JsonSchema>;

/** A schema, with the `$id` of its file and the version in which its references are resolved. */
export interface LocatedSchema {
  readonly version: SchemaVersion;
  readonly file: string;
  readonly schema: JsonSchema;
}

/** The values that a schema without references accepts; null is one of its types. */
export interface ValueSet extends LocatedSchema {
  /** The names of JSON types; a number includes the integers. */
  readonly types: ReadonlySet<string>;
  /** The values of `enum` as JSON text; undefined without `enum`. */
  readonly values: ReadonlySet<string> | undefined;
}

/** Keywords that describe a schema and constrain no value. */
const ANNOTATIONS = new Set(['$schema', '$id', '$defs', 'title', 'description', 'x-entity', 'x-consumer']);

/** Keywords that the comparison knows; it rejects schemas with any other. */
const CONSTRAINTS = new Set([
  ...['type', 'enum', 'properties', 'required', 'additionalProperties', 'items'],
  ...['minimum', 'minLength', 'minItems', 'maximum', 'maxLength', 'maxItems', 'pattern', 'format', 'uniqueItems'],
]);

/**
 * Returns the values that a schema accepts: its references resolved, and `anyOf` of a schema and null as one more type.
 *
 * @throws Error for a schema that cannot be compared
 */
export function valueSet(located: LocatedSchema): ValueSet {
  const { file, schema } = located;
  const { $ref, anyOf, ...rest } = schema;
  const constraints = Object.keys(rest).filter((keyword) => !ANNOTATIONS.has(keyword));
  const unknown = constraints.find((keyword) => !CONSTRAINTS.has(keyword));
  if (unknown !== undefined) throw unsupported(file, `the keyword "${unknown}"`);
  if ($ref === undefined && anyOf === undefined) return plainValueSet(located);
  if (constraints.length > 0 || ($ref !== undefined && anyOf !== undefined)) {
    throw unsupported(file, `"${constraints[0] ?? 'anyOf'}" beside "${$ref === undefined ? 'anyOf' : '$ref'}"`);
  }
  if (typeof $ref === 'string') return valueSet(resolve(located, $ref));
  const alternatives = anyOf as readonly JsonSchema[];
  const [value, ...others] = alternatives.filter(({ type }) => type !== 'null');
  if (value === undefined || others.length > 0) throw unsupported(file, '"anyOf" of more than one schema and null');
  const values = valueSet({ ...located, schema: value });
  return alternatives.length === 1 ? values : withNull(values);
}

function plainValueSet(located: LocatedSchema): ValueSet {
  const { enum: values, type } = located.schema as { enum?: readonly unknown[]; type?: string | readonly string[] };
  const types = type === undefined ? (values ?? []).map(typeOf) : [type].flat();
  if (types.length === 0) throw unsupported(located.file, 'a schema without "type" and "enum"');
  return {
    ...located,
    types: new Set(types.includes('number') ? [...types, 'integer'] : types),
    values: values && new Set(values.map((value) => JSON.stringify(value))),
  };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function withNull(set: ValueSet): ValueSet {
  return { ...set, types: new Set([...set.types, 'null']), values: set.values && new Set([...set.values, 'null']) };
}

function resolve({ version, file }: LocatedSchema, reference: string): LocatedSchema {
  const { href, hash } = new URL(reference, file);
  const target = href.slice(0, href.length - hash.length);
  const [, name = ''] = /^#\/\$defs\/([^/]+)$/.exec(hash) ?? [];
  const schema = version.get(target)?.$defs?.[name];
  if (schema === undefined) throw unsupported(file, `the reference "${reference}"`);
  return { version, file: target, schema };
}

/** Returns the error for what the comparison does not know. */
export function unsupported(file: string, what: string): Error {
  return new Error(`${file}: ${what} cannot be compared with the released schemas; extend packages/events/release.`);
}
