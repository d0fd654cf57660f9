import type { ResponsePath } from '@apollo/query-planner';
import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { isObject, own } from './own-property.ts';

type JsonObject = Record<string, unknown>;

/** A key of the data, or the type names that select objects at the path so far. */
export type PathStep = string | ReadonlySet<string>;

/** The query planner's step to each item of a list. */
const EACH = '@';

/** The query planner's step that selects objects by type: `|[Book,Movie]`. */
const OF_TYPES = /^\|\[(.*)\]$/;

/** Returns a step that selects objects of these types. */
export function typeConditionStep(types: readonly string[]): string {
  return `|[${types.join(',')}]`;
}

/** Parses the path of a plan; steps to list items are omitted. */
export function parsePath(path: ResponsePath): readonly PathStep[] {
  return path
    .map(String)
    .filter((step) => step !== EACH)
    .map((step) => {
      const [, types] = OF_TYPES.exec(step) ?? [];
      return types === undefined ? step : new Set(types.split(','));
    });
}

/** Returns the response keys of a path. */
export function responseKeysOf(steps: readonly PathStep[]): string[] {
  return steps.filter((step) => typeof step === 'string');
}

/**
 * Returns the objects at a path of the data, each once.
 *
 * @param hasShared true when an object may occur several times at the path
 */
export function objectsAt(data: JsonObject, steps: readonly PathStep[], hasShared: boolean): readonly JsonObject[] {
  let level: readonly JsonObject[] = [data];
  for (const step of steps) {
    if (typeof step !== 'string') {
      level = level.filter((object) => hasType(step, object));
      continue;
    }
    const next: JsonObject[] = [];
    for (const object of level) addObjects(next, own(object, step));
    level = hasShared ? [...new Set(next)] : next;
  }
  return level;
}

function hasType(types: ReadonlySet<string>, { __typename }: JsonObject): boolean {
  return types.has(__typename as string);
}

/** Adds an object, or those of a list; objects in lists nested too deeply are omitted. */
function addObjects(objects: JsonObject[], value: unknown, levels = MAX_JSON_DEPTH): void {
  if (Array.isArray(value)) {
    if (levels > 0) for (const item of value) addObjects(objects, item, levels - 1);
  } else if (isObject(value)) {
    objects.push(value);
  }
}

/** Returns the paths of objects, with list indexes, by object; objects in lists nested too deeply are omitted. */
export function pathsOfObjects(
  data: JsonObject,
  steps: readonly PathStep[],
  objects: ReadonlySet<JsonObject>,
): Map<JsonObject, (string | number)[][]> {
  const paths = new Map<JsonObject, (string | number)[][]>();
  const walk = (value: unknown, depth: number, path: (string | number)[], levels = MAX_JSON_DEPTH): void => {
    if (Array.isArray(value)) {
      if (levels === 0) return;
      for (const [index, item] of value.entries()) walk(item, depth, [...path, index], levels - 1);
    } else if (isObject(value)) {
      const step = steps[depth];
      if (step === undefined) {
        if (!objects.has(value)) return;
        const existing = paths.get(value);
        if (existing === undefined) paths.set(value, [path]);
        else existing.push(path);
      } else if (typeof step === 'string') walk(own(value, step), depth + 1, [...path, step]);
      else if (hasType(step, value)) walk(value, depth + 1, path);
    }
  };
  walk(data, 0, []);
  return paths;
}
