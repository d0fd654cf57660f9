import type { GraphQLResolveInfo } from 'graphql';
import type { FieldPlan } from './plan.ts';

/** Position of an object or a list in the response: a key of its parent. */
export interface Place {
  /** Undefined for the root, the response's `data`. */
  readonly parent: Place | undefined;
  readonly container: Record<string | number, unknown>;
  readonly key: string | number;
  /** The field that the value belongs to; undefined for the root. */
  readonly field: FieldPlan | undefined;
  readonly nullable: boolean;
  /** True when it or a parent has become null: later results within it are discarded. */
  dropped: boolean;
}

export function isDropped(place: Place): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) if (at.dropped) return true;
  return false;
}

/** Propagates a null to the nearest nullable parent (specification, section 6.4.4). */
export function drop(place: Place): void {
  let at = place;
  while (!at.nullable && at.parent !== undefined) {
    at.dropped = true;
    at = at.parent;
  }
  at.dropped = true;
  at.container[at.key] = null;
}

/** Returns the path from the root to a key of a position. */
export function pathTo(place: Place, key: string | number): (string | number)[] {
  const keys = [key];
  for (let at = place; at.parent !== undefined; at = at.parent) keys.push(at.key);
  return keys.toReversed();
}

/** Returns the path as in `info.path`. */
export function infoPathTo(place: Place, key: string | number, field: FieldPlan): GraphQLResolveInfo['path'] {
  const prev =
    place.parent === undefined || place.field === undefined
      ? undefined
      : infoPathTo(place.parent, place.key, place.field);
  return { prev, key, typename: typeof key === 'string' ? field.parentType.name : undefined };
}
