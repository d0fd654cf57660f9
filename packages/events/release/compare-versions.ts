import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema } from '../generation/schemas.ts';
import { type BreakingChange, compareValues } from './compare-values.ts';
import type { LocatedSchema, SchemaVersion } from './value-set.ts';

/** A breaking change of the data of an event. */
export interface BreakingEventChange extends BreakingChange {
  /** Name of the event's schema file, or of the definition of the headers of changes. */
  readonly event: string;
}

/** Definitions that consumers validate on their own, and not as a part of an event. */
const HEADERS = 'ChangeHeaders';

/** Reads the schemas of a folder. */
export function readSchemaVersion(folder: string): SchemaVersion {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => {
      const schema: JsonSchema = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      if (schema.$id === undefined) throw new Error(`${join(folder, file)}: "$id" is missing.`);
      return [schema.$id, schema];
    }),
  );
}

/**
 * Compares the events of two versions, and the headers of changes. A new event has nothing to break.
 *
 * @throws Error for a schema that cannot be compared
 */
export function compareVersions(released: SchemaVersion, next: SchemaVersion): BreakingEventChange[] {
  const [before, after] = [eventsOf(released), eventsOf(next)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((event): BreakingEventChange[] => {
    const [old, current] = [before.get(event), after.get(event)];
    if (current === undefined) return [{ event, path: '', change: 'the schema was removed', breaks: ['released'] }];
    return compareValues(old ?? current, current).map((change) => ({ event, ...change }));
  });
}

function eventsOf(version: SchemaVersion): ReadonlyMap<string, LocatedSchema> {
  return new Map(
    [...version].flatMap(([file, schema]): [string, LocatedSchema][] => {
      const name = file.slice(file.lastIndexOf('/') + 1);
      if (schema.type !== undefined) return [[name, { version, file, schema }]];
      const headers = schema.$defs?.[HEADERS];
      return headers === undefined ? [] : [[`${name}#/$defs/${HEADERS}`, { version, file, schema: headers }]];
    }),
  );
}
