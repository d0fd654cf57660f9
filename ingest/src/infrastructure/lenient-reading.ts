import type { z } from 'zod';
import { MAX_LISTED_OMISSIONS, type Omission, type Omissions } from '../domain/omissions.ts';

/** A body that fits its schema, with the omitted values; or the reason why the whole body is unusable. */
export type Reading<Body> =
  | { readonly ok: true; readonly body: Body; readonly omissions: Omissions }
  | { readonly ok: false; readonly mistake: string };

/**
 * Parses a body by a schema and omits what violates it: the value itself, or, where the schema requires that value, the object around
 * it, and so on outwards. A list that is too long keeps its first entries. A body whose root lacks a required value is unusable. The
 * schema's lists must accept `undefined` for an entry, and drop it.
 *
 * @param request the body's name in omissions
 * @param document parsed JSON, which is modified
 */
export function readLeniently<Body>(schema: z.ZodType<Body>, request: string, document: unknown): Reading<Body> {
  const reasons = new Map<string, string>();
  const first: Omission[] = [];
  let count = 0;

  function omit(issue: z.core.$ZodIssue, entries = 1): void {
    const path = issue.path.join('.');
    if (reasons.has(path)) return;
    reasons.set(path, issue.message);
    count += entries;
    const reason = entries === 1 ? issue.message : `${issue.message} (${entries} entries omitted)`;
    if (first.length < MAX_LISTED_OMISSIONS) first.push({ request, path, reason });
  }

  // Each round removes the values of all issues, which causes new issues only in their parents: the depth of the body bounds the rounds.
  for (;;) {
    const result = schema.safeParse(document);
    if (result.success) return { ok: true, body: result.data, omissions: { count, first } };
    const handled = new Set<string>();
    for (const issue of result.error.issues) {
      const path = issue.path.join('.');
      if (handled.has(path)) continue;
      handled.add(path);
      if (issue.path.length === 0) return { ok: false, mistake: `the body: ${issue.message}` };
      const found = at(document, issue.path);
      if (found === undefined) continue;
      const { owner, key, value } = found;
      if (issue.code === 'too_big' && Array.isArray(value)) {
        owner[key] = value.slice(0, Number(issue.maximum));
        omit(issue, value.length - Number(issue.maximum));
      } else if (value !== undefined) {
        owner[key] = undefined;
        omit(issue);
      } else {
        const parent = at(document, issue.path.slice(0, -1));
        if (parent === undefined) return { ok: false, mistake: `${path}: ${reasons.get(path) ?? issue.message}` };
        parent.owner[parent.key] = undefined;
        omit(issue);
      }
    }
  }
}

/** Returns the value at a path with its parent; undefined at the root, and when the parent was removed. */
function at(document: unknown, path: readonly PropertyKey[]) {
  const key = path.at(-1);
  let owner = document as Record<PropertyKey, unknown> | null | undefined;
  for (const step of path.slice(0, -1)) owner = owner?.[step] as typeof owner;
  return key === undefined || owner == null ? undefined : { owner, key, value: owner[key] };
}
