import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { createCatalogueBuilder, InvalidRecord } from './catalogue-builder.ts';
import { RECORDS, type RecordKind, type RecordOf } from './catalogue-format.ts';

/** Path of the project's sample catalogue. */
export const SAMPLE_CATALOGUE = fileURLToPath(new URL('../../catalogue/sample.ndjson', import.meta.url));

/**
 * Reads and validates a catalogue file.
 *
 * @throws MarqueeError `CATALOGUE_UNREADABLE`, or `INVALID_CATALOGUE` with file, line and error (both exit code 2)
 */
export async function readCatalogue(file: string): Promise<Catalogue> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new MarqueeError('CATALOGUE_UNREADABLE', `The catalogue cannot be read: ${messageOf(error)}`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
  return parseCatalogue(text, file);
}

/** @param file the name in errors. @throws MarqueeError `INVALID_CATALOGUE` */
export function parseCatalogue(text: string, file: string): Catalogue {
  const builder = createCatalogueBuilder();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((line, index) => {
    try {
      const { kind, values } = parseRecord(line);
      if ((kind === 'catalogue') !== (index === 0)) {
        throw new InvalidRecord(
          'a catalogue begins with the line ["catalogue", {"format": "marquee-catalogue", "version": 1}]',
        );
      }
      // The kind selects the schema of the values, which the compiler cannot infer.
      (builder.add[kind] as (values: unknown) => void)(values);
    } catch (error) {
      if (!(error instanceof InvalidRecord)) throw error;
      throw invalidCatalogue(`${file}:${index + 1}: ${error.message}`, error);
    }
  });
  const catalogue = builder.build();
  if (catalogue.movies.size === 0) throw invalidCatalogue(`${file}: it has no movie`);
  return catalogue;
}

function parseRecord(line: string): { kind: RecordKind; values: RecordOf<RecordKind> } {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw new InvalidRecord(line.trim() === '' ? 'the line is empty' : `the line is not JSON: ${messageOf(error)}`);
  }
  if (!Array.isArray(record)) throw new InvalidRecord('a record is an array that begins with its kind');
  const [kind, ...values] = record;
  if (!isKind(kind)) {
    throw new InvalidRecord(
      `${JSON.stringify(kind)} is no kind of record; there are ${Object.keys(RECORDS).join(', ')}`,
    );
  }
  const result = RECORDS[kind].safeParse(values);
  if (!result.success) throw new InvalidRecord(`${kind}: ${describe(result.error)}`);
  return { kind, values: result.data };
}

function isKind(kind: unknown): kind is RecordKind {
  return typeof kind === 'string' && Object.hasOwn(RECORDS, kind);
}

/** Formats issues. Values are numbered from 1, after the kind. */
function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path: [position, ...rest], message }) =>
      typeof position === 'number'
        ? `value ${position + 1}${rest.map((key) => `.${String(key)}`).join('')}: ${message}`
        : message,
    )
    .join('; ');
}

function invalidCatalogue(message: string, cause?: unknown): MarqueeError {
  return new MarqueeError('INVALID_CATALOGUE', `The catalogue is invalid: ${message}`, {
    cause,
    exitCode: EXIT.usage,
  });
}
