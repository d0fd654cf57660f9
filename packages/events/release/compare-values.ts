import type { JsonSchema } from '../generation/schemas.ts';
import { type LocatedSchema, unsupported, type ValueSet, valueSet } from './value-set.ts';

/** A consumer that does not survive a change: one with the released schema meets new events, one with the next schema stored events. */
type BrokenConsumer = 'released' | 'next';

/** A difference that one of the consumers does not survive. */
export interface BreakingChange {
  /** The place in the data: names of properties, and `[]` for the items of a list. */
  readonly path: string;
  readonly change: string;
  readonly breaks: readonly BrokenConsumer[];
}

const WIDER = ['released'] as const;
const NARROWER = ['next'] as const;
const BOTH = ['released', 'next'] as const;

const LOWER_BOUNDS = ['minimum', 'minLength', 'minItems'];
const UPPER_BOUNDS = ['maximum', 'maxLength', 'maxItems'];
const MAX_DEPTH = 32;

/**
 * Compares the values that a released schema and the next version of it accept. Events of each version meet consumers of the other, so both
 * must accept the same values, except for new optional properties: a consumer removes those that it does not know.
 *
 * @throws Error for a schema that cannot be compared
 */
export function compareValues(released: LocatedSchema, next: LocatedSchema, path = ''): BreakingChange[] {
  if (path.split('/').length > MAX_DEPTH) throw unsupported(next.file, `a schema deeper than ${MAX_DEPTH} levels`);
  const [before, after] = [valueSet(released), valueSet(next)];
  if ([...before.types].every((type) => !after.types.has(type)))
    return at(path, [compareSets('type', before.types, after.types)]);
  const changes = [
    ...compareTypes(before, after),
    ...LOWER_BOUNDS.map((keyword) => compareBounds(keyword, before, after, -Infinity)),
    ...UPPER_BOUNDS.map((keyword) => compareBounds(keyword, before, after, Infinity)),
    ...['pattern', 'format', 'uniqueItems'].map((keyword) => compareKeyword(keyword, before, after)),
    compareContentModels(before, after),
  ];
  return [...at(path, changes), ...compareProperties(before, after, path), ...compareItems(before, after, path)];
}

type Change = Omit<BreakingChange, 'path'> | undefined;

function at(path: string, changes: readonly Change[]): BreakingChange[] {
  return changes.filter((change) => change !== undefined).map((change) => ({ path, ...change }));
}

/** Compares the values of `enum`, which imply their types, or else the types. */
function compareTypes(before: ValueSet, after: ValueSet): Change[] {
  if (before.values && after.values) return [compareSets('enum', before.values, after.values)];
  return [compareSets('type', before.types, after.types), compareEnums(before, after)];
}

function compareEnums(before: ValueSet, after: ValueSet): Change {
  if (before.values === after.values) return undefined;
  return { change: `"enum" was ${before.values ? 'removed' : 'added'}`, breaks: before.values ? WIDER : NARROWER };
}

function compareSets(keyword: string, before: ReadonlySet<string>, after: ReadonlySet<string>): Change {
  const removed = [...before].filter((value) => !after.has(value));
  const added = [...after].filter((value) => !before.has(value));
  if (removed.length === 0 && added.length === 0) return undefined;
  const parts = [
    ...(removed.length > 0 ? [`lost ${removed.join(', ')}`] : []),
    ...(added.length > 0 ? [`gained ${added.join(', ')}`] : []),
  ];
  return {
    change: `"${keyword}" ${parts.join(' and ')}`,
    breaks: [...(added.length > 0 ? WIDER : []), ...(removed.length > 0 ? NARROWER : [])],
  };
}

/** Compares a bound. `unbounded` is its value in a schema without the keyword: `-Infinity` for a lower bound. */
function compareBounds(keyword: string, before: ValueSet, after: ValueSet, unbounded: number): Change {
  const from = Number(before.schema[keyword] ?? unbounded);
  const to = Number(after.schema[keyword] ?? unbounded);
  if (from === to) return undefined;
  const isWider = unbounded > 0 ? to > from : to < from;
  return { change: difference(keyword, before, after), breaks: isWider ? WIDER : NARROWER };
}

function compareKeyword(keyword: string, before: ValueSet, after: ValueSet): Change {
  const [from, to] = [before.schema[keyword] || undefined, after.schema[keyword] || undefined];
  if (from === to) return undefined;
  const breaks = from === undefined ? NARROWER : to === undefined ? WIDER : BOTH;
  return { change: difference(keyword, before, after), breaks };
}

/** Compares `additionalProperties`. An open object may have stored any value in a property that the schema names later. */
function compareContentModels(before: ValueSet, after: ValueSet): Change {
  const isSame = JSON.stringify(contentModel(before)) === JSON.stringify(contentModel(after));
  return isSame ? undefined : { change: difference('additionalProperties', before, after), breaks: BOTH };
}

const contentModel = ({ schema }: ValueSet) => schema.additionalProperties ?? true;

function difference(keyword: string, before: ValueSet, after: ValueSet): string {
  const [from, to] = [before.schema[keyword], after.schema[keyword]].map((value) => JSON.stringify(value) ?? 'absent');
  return `"${keyword}" was ${from} and is ${to}`;
}

function compareProperties(before: ValueSet, after: ValueSet, path: string): BreakingChange[] {
  const names = new Set([...Object.keys(propertiesOf(before)), ...Object.keys(propertiesOf(after))]);
  return [...names].flatMap((name) => compareProperty(before, after, name, `${path}/${name}`));
}

function compareProperty(before: ValueSet, after: ValueSet, name: string, path: string): BreakingChange[] {
  const [old, current] = [propertiesOf(before)[name], propertiesOf(after)[name]];
  const [wasRequired, isRequired] = [requires(before, name), requires(after, name)];
  if (current === undefined) {
    const change = 'the property was removed; stored events have it';
    return [{ path, change, breaks: wasRequired ? BOTH : NARROWER }];
  }
  const next = { ...after, schema: current };
  if (old === undefined) {
    compareValues(next, next, path); // throws for a new schema that the next release could not compare
    if (isRequired) return [{ path, change: 'the new property is required', breaks: NARROWER }];
    if (contentModel(before) === false) return [];
    return [{ path, change: 'the property was added to an open object', breaks: NARROWER }];
  }
  const nested = compareValues({ ...before, schema: old }, next, path);
  if (wasRequired === isRequired) return nested;
  const change = `the property became ${isRequired ? 'required' : 'optional'}`;
  return [{ path, change, breaks: isRequired ? NARROWER : WIDER }, ...nested];
}

const propertiesOf = ({ schema }: ValueSet) => (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;

const requires = ({ schema }: ValueSet, name: string) => ((schema.required ?? []) as readonly string[]).includes(name);

function compareItems(before: ValueSet, after: ValueSet, path: string): BreakingChange[] {
  const [old, current] = [before, after].map(({ schema }) => schema.items as JsonSchema | undefined);
  if (old !== undefined && current !== undefined) {
    return compareValues({ ...before, schema: old }, { ...after, schema: current }, `${path}/[]`);
  }
  if (old === current) return [];
  return [{ path, change: `"items" was ${old ? 'removed' : 'added'}`, breaks: old ? WIDER : NARROWER }];
}
