import type { ResponsePath } from '@apollo/query-planner';
import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { isObject, own } from './own-property.ts';

type JsonObject = Record<string, unknown>;

/** A key of the data, or the types of which the objects reached so far have to be. */
export type PathStep = string | ReadonlySet<string>;

/** The query planner's step into every item of a list. */
const EACH = '@';

/** The query planner's step that leads on for objects of some types alone: `|[Book,Film]`. */
const OF_TYPES = /^\|\[(.*)\]$/;

/** A step of a path that leads on for objects of these types alone. */
export function typeConditionStep(types: readonly string[]): string {
  return `|[${types.join(',')}]`;
}

/** A path of a plan as steps; lists are seen through. */
export function parsePath(path: ResponsePath): readonly PathStep[] {
  return path
    .map(String)
    .filter((step) => step !== EACH)
    .map((step) => {
      const [, types] = OF_TYPES.exec(step) ?? [];
      return types === undefined ? step : new Set(types.split(','));
    });
}

/** The keys of a path. */
export function responseKeysOf(steps: readonly PathStep[]): string[] {
  return steps.filter((step) => typeof step === 'string');
}

/**
 * The objects at a path of the data.
 *
 * @param shares whether one may stand in several places; it is there once all the same
 */
export function objectsAt(data: JsonObject, steps: readonly PathStep[], shares: boolean): readonly JsonObject[] {
  let level: readonly JsonObject[] = [data];
  for (const step of steps) {
    if (typeof step !== 'string') {
      level = level.filter((object) => hasType(step, object));
      continue;
    }
    const next: JsonObject[] = [];
    for (const object of level) addObjects(next, own(object, step));
    level = shares ? [...new Set(next)] : next;
  }
  return level;
}

function hasType(types: ReadonlySet<string>, { __typename }: JsonObject): boolean {
  return types.has(__typename as string);
}

/** Leaves out what stands in more lists than values may have levels. */
function addObjects(objects: JsonObject[], value: unknown, levels = MAX_JSON_DEPTH): void {
  if (Array.isArray(value)) {
    if (levels > 0) for (const item of value) addObjects(objects, item, levels - 1);
  } else if (isObject(value)) {
    objects.push(value);
  }
}

/** Every place in the data where one of these objects stands at the path, by the object; within as many lists as values may have levels. */
export function pathsOfObjects(
  data: JsonObject,
  steps: readonly PathStep[],
  objects: ReadonlySet<JsonObject>,
): Map<JsonObject, (string | number)[][]> {
  const places = new Map<JsonObject, (string | number)[][]>();
  const walk = (value: unknown, depth: number, place: (string | number)[], levels = MAX_JSON_DEPTH): void => {
    if (Array.isArray(value)) {
      if (levels === 0) return;
      for (const [index, item] of value.entries()) walk(item, depth, [...place, index], levels - 1);
    } else if (isObject(value)) {
      const step = steps[depth];
      if (step === undefined) {
        if (!objects.has(value)) return;
        const known = places.get(value);
        if (known === undefined) places.set(value, [place]);
        else known.push(place);
      } else if (typeof step === 'string') walk(own(value, step), depth + 1, [...place, step]);
      else if (hasType(step, value)) walk(value, depth + 1, place);
    }
  };
  walk(data, 0, []);
  return places;
}
