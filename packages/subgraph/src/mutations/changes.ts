import { type ArgumentPath, type InputFault, idempotencyKeyFaults, MAX_FAULTS } from './refusal.ts';

/** Most changes of one call, or ids in it. */
export const MAX_CHANGES = 100;

const KINDS = ['create', 'update', 'delete'] as const;

export type ChangeKind = (typeof KINDS)[number];

/** Where the parts of a change stand among the arguments. */
export interface ChangePaths {
  readonly input: ArgumentPath;
  readonly id: ArgumentPath;
  readonly version: ArgumentPath;
}

/** What one change comes to, or what is wrong with it. */
export type Read<Change> = { readonly value: Change } | { readonly faults: readonly InputFault[] };

/** Reads what stands at a kind of change: its arguments, and where its `input` stands. */
export type ReadChange<Change> = (kind: ChangeKind, args: never, input: ArgumentPath) => Read<Change>;

/** Changes as they were asked for, all of them fit to be tried, or everything that is wrong with them. */
export type ReadChanges<Change> =
  | { readonly changes: readonly Change[]; readonly paths: readonly ChangePaths[] }
  | { readonly faults: readonly InputFault[] };

/** An item of a batch: exactly one of its fields is given. */
export type ChangeInput = { readonly [Kind in ChangeKind]?: object | null };

/** Reads the arguments of a mutation of one entity: a batch of one. */
export function readOne<Change>(
  kind: ChangeKind,
  args: object & { readonly idempotencyKey?: string | null },
  read: ReadChange<Change>,
): ReadChanges<Change> {
  const paths = { input: ['input'], id: ['id'], version: ['version'] };
  return together([read(kind, args as never, paths.input)], [paths], args.idempotencyKey);
}

/**
 * Reads the changes of a batch, and finds everything that is wrong with them; once there are more faults than a client is told, the changes
 * that follow are not read.
 *
 * @param repeated what to do where an entity is named a second time
 */
export function readChanges<Change>(
  inputs: readonly ChangeInput[],
  idempotencyKey: string | null | undefined,
  read: ReadChange<Change>,
  repeated: string,
): ReadChanges<Change> {
  if (inputs.length < 1 || inputs.length > MAX_CHANGES) {
    const code = inputs.length < 1 ? 'TOO_SHORT' : 'TOO_LONG';
    return { faults: [{ path: ['changes'], message: `Send 1 to ${MAX_CHANGES} changes.`, code }] };
  }
  const seen = new Set<string>();
  const paths: ChangePaths[] = [];
  const readAt = (item: ChangeInput, index: number): Read<Change> => {
    const given = KINDS.filter((kind) => item[kind] != null);
    const [kind] = given;
    const at = ['changes', String(index), ...(kind === undefined ? [] : [kind])];
    paths.push({ input: kind === 'create' ? at : [...at, 'input'], id: [...at, 'id'], version: [...at, 'version'] });
    if (kind === undefined || given.length > 1) {
      const message = 'Send exactly one of `create`, `update` and `delete`.';
      return { faults: [{ path: at.slice(0, 2), message, code: 'NOT_ONE' }] };
    }
    const args = item[kind] as { readonly id?: string };
    const change =
      kind === 'create' ? read(kind, { input: args } as never, at) : read(kind, args as never, [...at, 'input']);
    if (args.id === undefined || kind === 'create') return change;
    if (!seen.has(args.id)) {
      seen.add(args.id);
      return change;
    }
    const fault = { path: [...at, 'id'], message: repeated, code: 'REPEATED' };
    return { faults: [...('faults' in change ? change.faults : []), fault] };
  };
  const reads: Read<Change>[] = [];
  let count = 0;
  for (const [index, item] of inputs.entries()) {
    const change = readAt(item, index);
    reads.push(change);
    if ('faults' in change) count += change.faults.length;
    if (count > MAX_FAULTS) break;
  }
  return together(reads, paths, idempotencyKey);
}

function together<Change>(
  reads: readonly Read<Change>[],
  paths: readonly ChangePaths[],
  idempotencyKey: string | null | undefined,
): ReadChanges<Change> {
  const faults = [
    ...reads.flatMap((read) => ('faults' in read ? read.faults : [])),
    ...idempotencyKeyFaults(idempotencyKey),
  ];
  if (faults.length > 0) return { faults };
  return { changes: reads.flatMap((read) => ('value' in read ? [read.value] : [])), paths };
}
