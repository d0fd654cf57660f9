import { readdirSync, readFileSync } from 'node:fs';

/** The folder of the JSON Schemas, the one source of everything generated. */
export const schemasFolder = new URL('../schemas/', import.meta.url);

/** The file of the definitions that the events share. */
export const DEFINITIONS_FILE = 'definitions.v1.json';

export interface JsonSchema {
  $id?: string;
  $defs?: Record<string, JsonSchema>;
  title?: string;
  description?: string;
  [keyword: string]: unknown;
}

/** Reads the schema of an event, or the shared definitions. */
export function readSchema(file: string): JsonSchema & { title: string; description: string } {
  return JSON.parse(readFileSync(new URL(file, schemasFolder), 'utf8'));
}

/** Returns the names of the schema files, one for each event, in alphabetical order. */
export function eventSchemaFiles(): string[] {
  return readdirSync(schemasFolder)
    .filter((file) => file.endsWith('.json') && file !== DEFINITIONS_FILE)
    .sort();
}

/** Returns the names of the schema files of the events that ingest publishes. */
export function observationSchemaFiles(): string[] {
  return eventSchemaFiles().filter((file) => !/-changes\.v\d+\.json$/.test(file));
}

/** Returns the name that a schema has in code: `movie-ratings`, or `movie-ratings.v2` for a later version. */
export function partOf(file: string): string {
  return file.replace(/(\.v1)?\.json$/, '');
}
