/** A JSON Schema of the kind that packages/events/release compares. */
export type Schema = Readonly<Record<string, unknown>>;

/** Text for each pattern of the schemas. */
const TEXT_OF_PATTERN: Readonly<Record<string, string>> = {
  '^[0-9A-Za-z-]{1,64}$': '603',
  '^[A-Z]{2}$': 'FR',
  '^[a-z]{2,3}$': 'fr',
  '^(?!0000)': '1999-03-31',
  '^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\\.[0-9]{1,9})?Z$': '2013-09-17T21:52:36.123Z',
};

/** The longest text without a `maxLength`. */
const LONG_TEXT = 5_000;

/** The size of a sample: required properties, nulls and lower bounds, or all properties, one item a list and upper bounds. */
export type Size = 'smallest' | 'largest';

/** Returns a value that a schema accepts. @throws Error for a schema that it has no sample of */
export function sampleOf(schemas: ReadonlyMap<string, Schema>, id: string, size: Size): unknown {
  const isLargest = size === 'largest';

  function sample(file: string, schema: Schema): unknown {
    const { $ref, anyOf, enum: values, type, properties = {}, required = [], items } = schema;
    if (typeof $ref === 'string') {
      const { href, hash } = new URL($ref, file);
      const target = href.slice(0, href.length - hash.length);
      const definitions = (schemas.get(target)?.$defs ?? {}) as Readonly<Record<string, Schema>>;
      return sample(target, definitions[hash.slice('#/$defs/'.length)] ?? {});
    }
    if (Array.isArray(anyOf)) return sample(file, pick(anyOf.toSorted((a) => (a.type === 'null' ? -1 : 0))));
    if (Array.isArray(values)) return pick(values.toSorted((a) => (a === null ? -1 : 0)));
    const name = pick([type].flat().toSorted((a) => (a === 'null' ? -1 : 0)));
    if (name === 'null') return null;
    if (name === 'boolean') return isLargest;
    if (name === 'string') return text(schema);
    if (name === 'integer' || name === 'number')
      return Number(isLargest ? (schema.maximum ?? 1e6) : (schema.minimum ?? 0));
    if (name === 'array') return isLargest ? [sample(file, items as Schema)] : [];
    if (name !== 'object') throw new Error(`${file}: there is no sample of the type ${name}`);
    const members = Object.entries(properties as Record<string, Schema>);
    return Object.fromEntries(
      members
        .filter(([member]) => isLargest || (required as string[]).includes(member))
        .map(([member, value]) => [member, sample(file, value)]),
    );
  }

  const pick = <T>(alternatives: readonly T[]): T => alternatives.at(isLargest ? -1 : 0) as T;

  function text({ pattern, format, minLength = 0, maxLength = LONG_TEXT }: Schema): string {
    if (typeof pattern === 'string') {
      const found = TEXT_OF_PATTERN[pattern];
      if (found === undefined) throw new Error(`there is no sample of the pattern ${pattern}`);
      return found;
    }
    return format === 'date' ? '1999-03-31' : 'x'.repeat(Number(isLargest ? maxLength : minLength));
  }

  return sample(id, schemas.get(id) as Schema);
}

/** Returns a version of schemas in which every closed object has one more optional property, `later`. */
export function withLaterProperty(schema: Schema): Schema {
  const changed = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, keyword === 'enum' ? value : nested(value)]),
  );
  if (schema.type !== 'object' || schema.additionalProperties !== false) return changed;
  const later = { type: 'object', additionalProperties: false, properties: { note: { type: 'string' } } };
  return { ...changed, properties: { ...(changed.properties as object), later } };
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  return typeof value === 'object' && value !== null ? withLaterProperty(value as Schema) : value;
}
