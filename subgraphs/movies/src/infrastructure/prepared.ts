import { createHash } from 'node:crypto';

const names = new Map<string, string>();

/** Maximum number of prepared statements, which each connection stores: without it, clients that select ever new fields would exhaust memory. */
const MAX_PREPARED = 1_000;

/**
 * Returns a statement that each connection prepares once, for the first {@link MAX_PREPARED} texts. The text must not contain values.
 */
export function prepared(text: string, values: unknown[]): { name?: string; text: string; values: unknown[] } {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= MAX_PREPARED) return planned(text, values);
    name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
    names.set(text, name);
  }
  return { name, text, values };
}

/**
 * Returns a statement that is planned for its values, where the best plan depends on them: the list's order for a common word or genre, an
 * index of its own for a rare one.
 */
export function planned(text: string, values: unknown[]): { text: string; values: unknown[] } {
  return { text, values };
}
