import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import definitions from '../schemas/definitions.v1.json' with { type: 'json' };
import moviesChanges from '../schemas/movies-changes.v1.json' with { type: 'json' };
import peopleChanges from '../schemas/people-changes.v1.json' with { type: 'json' };
import ratingsChanges from '../schemas/ratings-changes.v1.json' with { type: 'json' };
import { EVENT_SCHEMAS } from './generated/event-schemas.ts';

const SCHEMAS = [definitions, moviesChanges, peopleChanges, ratingsChanges, ...Object.values(EVENT_SCHEMAS)];

/** `$id` of the schema of the headers of a change, `{ id, version, tags }`. */
export const CHANGE_HEADERS = `${definitions.$id}#/$defs/ChangeHeaders`;

/**
 * Returns the fault of data, as `<JSON pointer> <fault>`; undefined for valid data.
 *
 * @param id `$id` of the schema
 * @param json the same data as JSON text
 */
export type Invalidity = (id: string, data: unknown, json: string) => string | undefined;

/** Validates the data that a producer publishes: an unknown property is a fault. */
export const producedInvalidity = schemaValidation(SCHEMAS, 'reject');

/**
 * Validates the data that a consumer reads, and removes its unknown properties: they are of a later version of the schema, whose producers
 * may run before this consumer is upgraded (docs/decisions/0031-schema-evolution.md).
 */
export const consumedInvalidity = schemaValidation(SCHEMAS, 'remove');

/** Returns the validation by these schemas, each of which is compiled at its first use. */
export function schemaValidation(schemas: readonly object[], unknownProperties: 'reject' | 'remove'): Invalidity {
  // The first error ends a validation (`allErrors` off), as Ajv advises for untrusted data: collecting every error of a hostile
  // document costs time and memory without bound.
  const ajv = new Ajv2020.default({
    strict: true,
    allowUnionTypes: true,
    removeAdditional: unknownProperties === 'remove',
  });
  addFormats.default(ajv);
  // Name the entity and the consumer of an event, and do not constrain its data.
  ajv.addKeyword('x-entity');
  ajv.addKeyword('x-consumer');
  ajv.addSchema([...schemas]);
  const compiled = new Map<string, ValidateFunction>();
  return (id, data, json) => {
    const validate = compiled.get(id) ?? ajv.getSchema(id);
    if (validate === undefined) throw new Error(`There is no schema ${id}.`);
    compiled.set(id, validate);
    return faultOf(validate, data, json);
  };
}

/** An escape in JSON text of a character that PostgreSQL cannot store: U+0000, or perhaps half a surrogate pair. */
const SUSPECT_ESCAPE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

function faultOf(validate: ValidateFunction, data: unknown, json: string): string | undefined {
  if (!validate(data)) return describe(validate.errors ?? []);
  return SUSPECT_ESCAPE.test(json) ? unstorableText(data, '') : undefined;
}

/** Describes the deepest error, the most specific one: those above it only report that an alternative did not match. */
function describe(errors: readonly ErrorObject[]): string {
  const depth = (error: ErrorObject) =>
    error.instancePath.split('/').length - (error.keyword === 'anyOf' || error.schema === 'null' ? 0.5 : 0);
  const [first, ...others] = errors;
  if (first === undefined) return 'does not match its schema';
  const deepest = others.reduce((best, error) => (depth(error) > depth(best) ? error : best), first);
  return `${pointer(deepest.instancePath)} ${deepest.message}${detail(deepest)}`;
}

/** The pointer to the whole document is the empty string (RFC 6901), which is invisible in a log. */
const pointer = (path: string) => (path === '' ? '(root)' : path);

function detail(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') {
    return `: ${JSON.stringify(String(error.params.additionalProperty).slice(0, 64))}`;
  }
  if (error.keyword === 'enum') return `: ${JSON.stringify(error.params.allowedValues)}`;
  return '';
}

/** Returns the fault of text that PostgreSQL refuses (U+0000, an unpaired surrogate in jsonb), which would block a consumer. */
function unstorableText(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('\0')) return `${pointer(path)} must not contain the character U+0000`;
    if (!value.isWellFormed()) return `${pointer(path)} must not contain half a surrogate pair`;
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = unstorableText(member, `${path}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
