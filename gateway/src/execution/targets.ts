import type { ResponsePath } from '@apollo/query-planner';
import { isObject, own } from './own-property.ts';

type JsonObject = Record<string, unknown>;

/** The query planner's step into every item of a list. */
const EACH = '@';

/** The objects at a path of the data, each once however often it stands there. */
export function targetsAt(data: JsonObject, path: ResponsePath): readonly JsonObject[] {
  let level: readonly JsonObject[] = [data];
  for (const key of path) {
    if (key === EACH) continue; // lists are seen through below
    const next = new Set<JsonObject>();
    for (const object of level) addObjects(next, own(object, String(key)));
    level = [...next];
  }
  return level;
}

function addObjects(objects: Set<JsonObject>, value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) addObjects(objects, item);
  } else if (isObject(value)) {
    objects.add(value);
  }
}

/** Every place in the data where one of these objects stands at the path, by the object. */
export function placesOf(
  data: JsonObject,
  path: ResponsePath,
  objects: ReadonlySet<JsonObject>,
): Map<JsonObject, (string | number)[][]> {
  const places = new Map<JsonObject, (string | number)[][]>();
  const keys = path.filter((key) => key !== EACH).map(String);
  const walk = (value: unknown, depth: number, place: (string | number)[]): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, depth, [...place, index]);
    } else if (isObject(value)) {
      const key = keys[depth];
      if (key !== undefined) walk(own(value, key), depth + 1, [...place, key]);
      else if (objects.has(value)) {
        const known = places.get(value);
        if (known === undefined) places.set(value, [place]);
        else known.push(place);
      }
    }
  };
  walk(data, 0, []);
  return places;
}
