import { type ArgumentPath, type InputFault, idempotencyKeyFaults } from '@marquee/subgraph/mutations/refusal';
import type { MovieChange } from '../application/change-movies.ts';
import { editsOf, type MovieInput, newMovieOf } from './movie-input.ts';

/** Most changes of one call. */
const MAX_CHANGES = 100;

interface Named {
  readonly id: string;
  readonly version: number;
}

/** `MovieChange` of the schema. */
export interface MovieChangeInput {
  readonly create?: MovieInput | null;
  readonly update?: (Named & { readonly input: MovieInput }) | null;
  readonly delete?: Named | null;
}

/** Where the parts of a change stand among the arguments. */
export interface ChangePaths {
  readonly input: ArgumentPath;
  readonly id: ArgumentPath;
  readonly version: ArgumentPath;
}

/** A change and where it stands, or what is wrong with it. */
type Read = { readonly change: MovieChange; readonly paths: ChangePaths } | { readonly faults: readonly InputFault[] };

/** Changes as they were asked for, all of them fit to be tried, or everything that is wrong with them. */
export type ReadChanges =
  | { readonly changes: readonly MovieChange[]; readonly paths: readonly ChangePaths[] }
  | { readonly faults: readonly InputFault[] };

/** Reads the arguments of a mutation of one film: `at` is where the film stands, `[]` for arguments of the field itself. */
export function readChange(kind: MovieChange['kind'], args: object, at: ArgumentPath = []): Read {
  const { id, version, input } = args as Named & { readonly input: MovieInput };
  const paths = { input: [...at, 'input'], id: [...at, 'id'], version: [...at, 'version'] };
  if (kind === 'delete') return { change: { kind, id, version }, paths };
  if (kind === 'create') {
    const content = newMovieOf(input, paths.input);
    return 'faults' in content ? content : { change: { kind, content: content.value }, paths };
  }
  const edits = editsOf(input, paths.input);
  return 'faults' in edits ? edits : { change: { kind, id, version, edits: edits.value }, paths };
}

/** Reads the changes of a batch, and finds everything that is wrong with them. */
export function readChanges(inputs: readonly MovieChangeInput[], idempotencyKey?: string | null): ReadChanges {
  if (inputs.length < 1 || inputs.length > MAX_CHANGES) {
    const code = inputs.length < 1 ? 'TOO_SHORT' : 'TOO_LONG';
    return { faults: [{ path: ['changes'], message: `Send 1 to ${MAX_CHANGES} changes.`, code }] };
  }
  const seen = new Set<string>();
  const reads = inputs.map((input, index): Read => {
    const at = ['changes', String(index)];
    const given = (['create', 'update', 'delete'] as const).filter((kind) => input[kind] != null);
    const [kind] = given;
    if (kind === undefined || given.length > 1) {
      const message = 'Send exactly one of `create`, `update` and `delete`.';
      return { faults: [{ path: at, message, code: 'NOT_ONE' }] };
    }
    if (kind === 'create') {
      const content = newMovieOf(input.create as MovieInput, [...at, kind]);
      if ('faults' in content) return content;
      const here = [...at, kind];
      return { change: { kind, content: content.value }, paths: { input: here, id: here, version: here } };
    }
    const read = readChange(kind, input[kind] as object, [...at, kind]);
    const { id } = input[kind] as Named;
    if (!seen.has(id)) {
      seen.add(id);
      return read;
    }
    const repeated = { path: [...at, kind, 'id'], message: 'Name each film once.', code: 'REPEATED' };
    return { faults: [...('faults' in read ? read.faults : []), repeated] };
  });
  return together(reads, idempotencyKey);
}

/** All changes, or all faults, those of the idempotency key among them. */
export function together(reads: readonly Read[], idempotencyKey?: string | null): ReadChanges {
  const faults = [
    ...reads.flatMap((read) => ('faults' in read ? read.faults : [])),
    ...idempotencyKeyFaults(idempotencyKey),
  ];
  if (faults.length > 0) return { faults };
  const fine = reads.filter((read) => 'change' in read);
  return { changes: fine.map(({ change }) => change), paths: fine.map(({ paths }) => paths) };
}
