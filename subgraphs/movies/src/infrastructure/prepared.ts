import { createHash } from 'node:crypto';

const names = new Map<string, string>();

/**
 * A statement that each connection prepares once. The text must come from a bounded set: values go into `values` alone.
 */
export function prepared(text: string, values: unknown[]): { name: string; text: string; values: unknown[] } {
  let name = names.get(text);
  if (name === undefined) {
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
