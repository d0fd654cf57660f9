import { createHash } from 'node:crypto';

const names = new Map<string, string>();

/** Each connection keeps what it prepared: clients who select ever other fields must not make it grow without end. */
const MAX_PREPARED = 1_000;

/**
 * A statement that each connection prepares once, one of the first {@link MAX_PREPARED}. Values go into `values` alone.
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
 * A statement that is planned anew for its values, where the best way to answer depends on them: a common word or genre is best met
 * with by following the list's order, a rare one by its own index.
 */
export function planned(text: string, values: unknown[]): { text: string; values: unknown[] } {
  return { text, values };
}
