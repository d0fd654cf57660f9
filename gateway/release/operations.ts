import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { type DocumentNode, type GraphQLSchema, parse, separateOperations, validate } from 'graphql';
import { z } from 'zod';
import { parsePersistedDocuments } from '../src/operations/persisted-document-file.ts';

/** An operation of clients, with its fragments. */
export interface Operation {
  /** Operation name, or the name or hash of the persisted document. */
  readonly name: string;
  readonly document: DocumentNode;
}

/**
 * Reads the operations of documents (`.graphql`) and of manifests of persisted documents (`.json`: Apollo's, or texts by their hash), or of
 * all of them in a folder.
 *
 * @throws MarqueeError `OPERATIONS_UNREADABLE` (exit code 2)
 */
export function readOperations(path: string): Operation[] {
  try {
    if (statSync(path).isDirectory()) {
      const files = readdirSync(path).filter((name) => ['.graphql', '.json'].includes(extname(name)));
      return files.sort().flatMap((name) => readOperations(join(path, name)));
    }
    const text = readFileSync(path, 'utf8');
    return extname(path) === '.json' ? fromManifest(text) : fromDocument(text, path);
  } catch (error) {
    if (error instanceof MarqueeError) throw error;
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new MarqueeError('OPERATIONS_UNREADABLE', `The operations of ${path} cannot be read: ${reason}`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
}

function fromManifest(text: string): Operation[] {
  return parsePersistedDocuments(text).flatMap(({ name, body }) => fromDocument(body, name));
}

function fromDocument(text: string, fallback: string): Operation[] {
  return Object.entries(separateOperations(parse(text))).map(([name, document]) => ({
    name: name === '' ? fallback : name,
    document,
  }));
}

/** Returns the validation errors of an operation against a schema. */
export function mistakesIn({ document }: Operation, schema: GraphQLSchema): string[] {
  return validate(schema, document).map(({ message }) => message);
}
