import { readFile } from 'node:fs/promises';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { Kind, parse, print, separateOperations } from 'graphql';

/** Texts of operations by name, each with its fragments alone. */
export type Documents = ReadonlyMap<string, string>;

/**
 * Reads operations from a manifest of persisted documents (Apollo's, or texts by their hash) or from a file of GraphQL.
 *
 * @throws MarqueeError `DOCUMENTS_UNREADABLE` (exit code 2)
 */
export async function readDocuments(file: string): Promise<Documents> {
  try {
    const text = await readFile(file, 'utf8');
    const texts = file.endsWith('.json') ? textsOf(JSON.parse(text)) : [text];
    return new Map(texts.flatMap((document) => Object.entries(separateOperations(parse(document))).map(printed)));
  } catch (error) {
    const message = `The operations cannot be read from ${file}: ${messageOf(error)}`;
    throw new MarqueeError('DOCUMENTS_UNREADABLE', message, { cause: error, exitCode: EXIT.usage });
  }
}

type Manifest = { readonly operations: readonly { readonly body: string }[] } | Readonly<Record<string, string>>;

function textsOf(manifest: Manifest): string[] {
  if (Array.isArray(manifest.operations)) return manifest.operations.map(({ body }) => body);
  return Object.values(manifest as Readonly<Record<string, string>>);
}

function printed([name, document]: [string, ReturnType<typeof parse>]): [string, string] {
  const isNamed = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION) && name !== '';
  if (!isNamed) throw new Error('an operation has no name');
  return [name, print(document)];
}
