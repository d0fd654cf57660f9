import type { z } from 'zod';
import { MAX_TOLD_OMISSIONS, type Omission, type Omissions } from '../domain/omissions.ts';

/** A body as its schema has it, without what does not fit; or why nothing of it can be used. */
export type Reading<Body> =
  | { readonly ok: true; readonly body: Body; readonly omissions: Omissions }
  | { readonly ok: false; readonly mistake: string };

/**
 * Reads a body by a schema and leaves out what does not fit: the value at fault, or, where the schema cannot do without that value, the
 * object that lacks it, and so on outwards. A list that is too long keeps its first entries. Nothing is left of a body whose root lacks
 * something. The schema's lists must take `undefined` for an entry, and drop it.
 *
 * @param request names the body in omissions
 * @param document parsed JSON, which is changed
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
    const reason = entries === 1 ? issue.message : `${issue.message} (${entries} entries left out)`;
    if (first.length < MAX_TOLD_OMISSIONS) first.push({ request, path, reason });
  }

  // Each round removes the value of every issue, and uncovers at most what lacks it: a body takes no more rounds than it is deep.
  for (;;) {
    const result = schema.safeParse(document);
    if (result.success) return { ok: true, body: result.data, omissions: { count, first } };
    const handled = new Set<string>();
    for (const issue of result.error.issues) {
      const path = issue.path.join('.');
      if (handled.has(path)) continue;
      handled.add(path);
      if (issue.path.length === 0) return { ok: false, mistake: `the answer: ${issue.message}` };
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
        const lacking = at(document, issue.path.slice(0, -1));
        if (lacking === undefined) return { ok: false, mistake: `${path}: ${reasons.get(path) ?? issue.message}` };
        lacking.owner[lacking.key] = undefined;
        omit(issue);
      }
    }
  }
}

/** The value at a path and the object or array that holds it; undefined at the root, and where the holder is gone already. */
function at(document: unknown, path: readonly PropertyKey[]) {
  const key = path.at(-1);
  let owner = document as Record<PropertyKey, unknown> | null | undefined;
  for (const step of path.slice(0, -1)) owner = owner?.[step] as typeof owner;
  return key === undefined || owner == null ? undefined : { owner, key, value: owner[key] };
}
