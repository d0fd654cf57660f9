import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import definitions from '../schemas/definitions.v1.json' with { type: 'json' };
import moviesChanges from '../schemas/movies-changes.v1.json' with { type: 'json' };
import peopleChanges from '../schemas/people-changes.v1.json' with { type: 'json' };
import ratingsChanges from '../schemas/ratings-changes.v1.json' with { type: 'json' };
import type { ChangeData, ChangeSource } from './change-topics.ts';
import { EVENT_SCHEMAS } from './generated/event-schemas.ts';
import type { EventPart } from './generated/topics.ts';

// The first error ends a validation (`allErrors` off), as Ajv advises for untrusted data: collecting every error of a hostile
// document costs time and memory without bound.
const ajv = new Ajv2020.default({ strict: true, allowUnionTypes: true, schemas: [definitions] });
addFormats.default(ajv);

// Name the entity and the consumer of an event, and do not constrain its data.
ajv.addKeyword('x-entity');
ajv.addKeyword('x-consumer');

const observations = new Map<string, ValidateFunction>(
  Object.entries(EVENT_SCHEMAS).map(([part, schema]) => [part, ajv.compile(schema)]),
);

const changes: { readonly [Source in ChangeSource]: ValidateFunction<ChangeData[Source]> } = {
  movies: ajv.compile<ChangeData['movies']>(moviesChanges),
  people: ajv.compile<ChangeData['people']>(peopleChanges),
  ratings: ajv.compile<ChangeData['ratings']>(ratingsChanges),
};

const changeHeaders = ajv.compile({ $ref: `${definitions.$id}#/$defs/ChangeHeaders` });

/** An escape in JSON text of a character that PostgreSQL cannot store: U+0000, or perhaps half a surrogate pair. */
const SUSPECT_ESCAPE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/**
 * Returns the fault of the data of an observation, as `<JSON pointer> <fault>`; undefined for valid data.
 *
 * @param json the same data as JSON text
 */
export function invalidity(part: EventPart, data: unknown, json: string): string | undefined {
  return faultOf(observations.get(part) as ValidateFunction, data, json);
}

/** Returns the fault of the data of a subgraph's change, as {@link invalidity} does. */
export function changeInvalidity(source: ChangeSource, data: unknown, json: string): string | undefined {
  return faultOf(changes[source], data, json);
}

/** Returns the fault of the headers of a change, `{ id, version, tags }`, as {@link invalidity} does. */
export function changeHeadersInvalidity(data: unknown, json: string): string | undefined {
  return faultOf(changeHeaders, data, json);
}

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
