import { readFile } from 'node:fs/promises';

/** The document with all operations of clients. */
export const operationsText = await readFile(new URL('operations.graphql', import.meta.url), 'utf8');

/** Returns the text of a client's operation. */
export function operation(name: string): string {
  const found = new RegExp(`^query ${name}\\b[\\s\\S]*?^}`, 'm').exec(operationsText);
  if (found === null) throw new Error(`operations.graphql has no query ${name}`);
  return found[0];
}
