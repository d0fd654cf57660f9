import type { Lookup } from './catalogue.ts';

/** A lookup by id whose values can be replaced, deleted and restored; it holds only the differences from its base. */
export interface Overlay<Value> extends Lookup<number, Value> {
  /** Returns a value as it was at a time (ms since 1970), of which only the last change is known. */
  getAsOf(id: number, time: number): Value | undefined;
  /** Adds or replaces a value. */
  set(id: number, value: Value): void;
  /** Deletes a value. @returns false without such a value */
  delete(id: number): boolean;
  /** Restores a deleted value as it was. @returns false when there is nothing to restore */
  restore(id: number): boolean;
  /** Returns the ids that were set, deleted or restored from one time up to and including another (ms since 1970). */
  changedBetween(from: number, to: number): Iterable<number>;
}

interface Entry<Value> {
  readonly value: Value;
  readonly isDeleted: boolean;
  readonly changedAt: number;
  /** The value before the change; undefined when there was none. */
  readonly previous: Value | undefined;
}

/** @param now returns ms since 1970 */
export function createOverlay<Value>(base: Lookup<number, Value>, now: () => number): Overlay<Value> {
  const entries = new Map<number, Entry<Value>>();
  let size = base.size;

  function get(id: number): Value | undefined {
    const entry = entries.get(id);
    if (entry) return entry.isDeleted ? undefined : entry.value;
    return base.get(id);
  }

  function change(id: number, value: Value, isDeleted: boolean): void {
    const previous = get(id);
    entries.set(id, { value, isDeleted, changedAt: now(), previous });
    size += Number(!isDeleted) - Number(previous !== undefined);
  }

  function* keys(): Iterable<number> {
    for (const id of base.keys()) if (!entries.get(id)?.isDeleted) yield id;
    for (const [id, { isDeleted }] of entries) if (!isDeleted && base.get(id) === undefined) yield id;
  }

  return {
    get size() {
      return size;
    },
    get,
    getAsOf(id, time) {
      const entry = entries.get(id);
      return entry && entry.changedAt > time ? entry.previous : get(id);
    },
    keys,
    *values() {
      for (const id of keys()) yield get(id) as Value;
    },
    set: (id, value) => change(id, value, false),
    delete(id) {
      const value = get(id);
      if (value === undefined) return false;
      change(id, value, true);
      return true;
    },
    restore(id) {
      const entry = entries.get(id);
      if (!entry?.isDeleted) return false;
      change(id, entry.value, false);
      return true;
    },
    *changedBetween(from, to) {
      for (const [id, { changedAt }] of entries) if (changedAt >= from && changedAt <= to) yield id;
    },
  };
}
