import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { createCatalogueBuilder, RecordMistake } from './catalogue-builder.ts';
import { RECORDS, type RecordKind, type RecordOf } from './catalogue-format.ts';

/** The catalogue that comes with the project. */
export const SAMPLE_CATALOGUE = fileURLToPath(new URL('../../catalogue/sample.ndjson', import.meta.url));

/**
 * Reads a catalogue file whole, or not at all.
 *
 * @throws MarqueeError `CATALOGUE_UNREADABLE`, or `INVALID_CATALOGUE` with file, line and mistake (both exit code 2).
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

/** @param file what mistakes name. @throws MarqueeError `INVALID_CATALOGUE` */
export function parseCatalogue(text: string, file: string): Catalogue {
  const builder = createCatalogueBuilder();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((line, index) => {
    try {
      const { kind, values } = parseRecord(line);
      if ((kind === 'catalogue') !== (index === 0)) {
        throw new RecordMistake(
          'a catalogue begins with the line ["catalogue", {"format": "marquee-catalogue", "version": 1}]',
        );
      }
      // The kind decides what the values were held against, which the compiler cannot follow.
      (builder.add[kind] as (values: unknown) => void)(values);
    } catch (error) {
      if (!(error instanceof RecordMistake)) throw error;
      throw mistake(`${file}:${index + 1}: ${error.message}`, error);
    }
  });
  if (builder.catalogue.films.size === 0) throw mistake(`${file}: it holds no film`);
  return builder.catalogue;
}

function parseRecord(line: string): { kind: RecordKind; values: RecordOf<RecordKind> } {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw new RecordMistake(line.trim() === '' ? 'the line is empty' : `the line is not JSON: ${messageOf(error)}`);
  }
  if (!Array.isArray(record)) throw new RecordMistake('a record is an array that begins with its kind');
  const [kind, ...values] = record;
  if (!isKind(kind)) {
    throw new RecordMistake(
      `${JSON.stringify(kind)} is no kind of record; there are ${Object.keys(RECORDS).join(', ')}`,
    );
  }
  const result = RECORDS[kind].safeParse(values);
  if (!result.success) throw new RecordMistake(`${kind}: ${describe(result.error)}`);
  return { kind, values: result.data };
}

function isKind(kind: unknown): kind is RecordKind {
  return typeof kind === 'string' && Object.hasOwn(RECORDS, kind);
}

/** Values count from 1 here, the kind being the 0th. */
function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path: [position, ...rest], message }) =>
      typeof position === 'number'
        ? `value ${position + 1}${rest.map((key) => `.${String(key)}`).join('')}: ${message}`
        : message,
    )
    .join('; ');
}

function mistake(message: string, cause?: unknown): MarqueeError {
  return new MarqueeError('INVALID_CATALOGUE', `The catalogue has a mistake: ${message}`, {
    cause,
    exitCode: EXIT.usage,
  });
}
