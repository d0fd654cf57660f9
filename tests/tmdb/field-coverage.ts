import { personSchema } from '@marquee/ingest/tmdb-person-schema';
import { creditsSchema, movieSchema, reviewPageSchema } from '@marquee/ingest/tmdb-schemas';
import { z } from 'zod';
import { leavesOf } from './field-paths.ts';
import { fieldRows, personRows } from './field-table.ts';

const inTable: ReadonlySet<string> = new Set(fieldRows.map(({ tmdb }) => tmdb));

/**
 * Returns the fields of a body without a row in docs/tmdb-fields.md. The rows of its parts cover a null object or list.
 *
 * @param rows those of movies unless given
 */
export function withoutRow(fields: Iterable<string>, rows = fieldRows): string[] {
  const written = rows.map(({ tmdb }) => tmdb);
  return [...fields].filter(
    (field) => !written.some((tmdb) => tmdb === field || tmdb.startsWith(`${field}.`) || tmdb.startsWith(`${field}[]`)),
  );
}

/** Returns the fields of a person's body without a row. */
export const withoutPersonRow = (fields: Iterable<string>) => withoutRow(fields, personRows);

/** Returns rows whose field is in none of these bodies and schemas. */
export function withoutField(...known: readonly Iterable<string>[]): string[] {
  const fields = new Set(known.flatMap((each) => [...each]));
  // The rows of its parts cover an object.
  return [...inTable].filter((tmdb) => !fields.has(tmdb) && ![...fields].some((field) => field.startsWith(`${tmdb}.`)));
}

/** Returns the fields that ingest reads, from the details with everything appended. */
export function fieldsOfIngest(): Set<string> {
  const parts: readonly [prefix: string, schema: z.ZodType][] = [
    ['', movieSchema],
    ['credits', creditsSchema],
    ['reviews', reviewPageSchema],
  ];
  return new Set(parts.flatMap(([prefix, schema]) => [...leavesOf(example(inputOf(schema)), prefix)]));
}

/** Returns the fields of a person that ingest reads. */
export const personFieldsOfIngest = () => leavesOf(example(inputOf(personSchema)));

/** Returns the JSON Schema of a body. In a pipe, the second schema has the fields. */
function inputOf(schema: z.core.$ZodType): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod;
      if (def.type !== 'pipe' || def.out._zod.def.type === 'transform') return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
      Object.assign(jsonSchema, inputOf(def.out));
    },
  });
}

/** Creates a value with every property of a JSON Schema. */
function example(schema: z.core.JSONSchema._JSONSchema): unknown {
  if (typeof schema === 'boolean') return schema;
  const alternatives = schema.anyOf?.filter((each) => typeof each === 'object' && each.type !== 'null');
  if (alternatives?.[0] !== undefined) return example(alternatives[0]);
  if (schema.type === 'array') return [example(schema.items as z.core.JSONSchema._JSONSchema)];
  if (schema.type !== 'object') return true;
  // An object by country, which the table has as a list.
  if (typeof schema.additionalProperties === 'object') {
    return [{ iso_3166_1: true, ...(example(schema.additionalProperties) as object) }];
  }
  return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, example(inner)]));
}
