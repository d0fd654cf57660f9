import { z } from 'zod';
import { MAX_FAULTS } from './refusal.ts';

/** Maximum number of changes, or of ids, in one call. */
export const MAX_CHANGES = 100;

const KINDS = ['create', 'update', 'delete'] as const;

type ChangeKind = (typeof KINDS)[number];

/** An item of a batch: exactly one of its fields is given. */
type ChangeInput = { readonly [Kind in ChangeKind]?: object | null };

/**
 * Returns the schema of a batch of changes, whose faults are those of all changes; changes after the first {@link MAX_FAULTS} faults are not
 * checked.
 *
 * @param schemas of the fields of an item
 * @param repeated message of the fault where an entity is named a second time
 */
export function changesSchema<Change extends { readonly kind: ChangeKind }>(
  schemas: { readonly [Kind in ChangeKind]: z.ZodType<Change> },
  repeated: string,
) {
  return z.custom<readonly ChangeInput[]>().transform((inputs, context): readonly Change[] => {
    const fault = (path: (string | number)[], message: string, code: string) =>
      context.addIssue({ code: 'custom', path, message, params: { code }, input: undefined });
    if (inputs.length < 1 || inputs.length > MAX_CHANGES) {
      fault([], `Send 1 to ${MAX_CHANGES} changes.`, inputs.length < 1 ? 'TOO_SHORT' : 'TOO_LONG');
      return z.NEVER;
    }
    const ids = new Set<string>();
    const changes: Change[] = [];
    for (const [index, item] of inputs.entries()) {
      if (context.issues.length > MAX_FAULTS) break;
      const [kind, ...others] = KINDS.filter((each) => item[each] != null);
      if (kind === undefined || others.length > 0) {
        fault([index], 'Send exactly one of `create`, `update` and `delete`.', 'NOT_ONE');
        continue;
      }
      const parsed = schemas[kind].safeParse(item[kind]);
      if (parsed.success) changes.push(parsed.data);
      for (const issue of parsed.error?.issues.slice(0, MAX_FAULTS + 1) ?? []) {
        context.issues.push({ ...issue, path: [index, kind, ...issue.path], input: undefined });
      }
      const { id } = item[kind] as { readonly id?: string };
      if (kind === 'create' || id === undefined) continue;
      if (ids.has(id)) fault([index, kind, 'id'], repeated, 'REPEATED');
      ids.add(id);
    }
    return changes;
  });
}

/** Returns the path of an argument of a change in the argument `changes`, where a creation is its input. */
export function changePath(
  changes: readonly { readonly kind: ChangeKind }[],
  index: number,
  ...[argument, ...rest]: readonly string[]
): readonly string[] {
  const kind = changes[index]?.kind ?? 'create';
  const isInput = kind === 'create' && argument === 'input';
  return ['changes', String(index), kind, ...(argument === undefined || isInput ? [] : [argument]), ...rest];
}
