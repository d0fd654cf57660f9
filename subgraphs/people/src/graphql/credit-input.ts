import { parseInput, text, wholeNumber } from '@marquee/subgraph/mutations/input';
import type { ArgumentPath, InputFault } from '@marquee/subgraph/mutations/refusal';
import { z } from 'zod';
import type { NewWork } from '../application/change-credits.ts';
import type { CreditKind } from '../domain/credit.ts';
import type { CreditEdits } from '../domain/credit-overrides.ts';
import { required, someOf } from './inputs.ts';

const character = text(2_000).nullable();
const order = wholeNumber(0, 2_147_483_647);
const department = text(255);

const newPart = z.object({ character: character.default(null), order: order.nullable().default(null) });
const newJob = z.object({ department, job: department });
const partEdits = someOf(z.object({ character, order: required(order) }).partial());
const jobEdits = someOf(z.object({ department: required(department), job: required(department) }).partial());

/** `cast` or `crew` of an input, of which exactly one must be given. */
interface Work {
  readonly cast?: object | null;
  readonly crew?: object | null;
}

type Read<Value> = { readonly value: Value } | { readonly faults: readonly InputFault[] };

/** Reads the part or the job of `CreateCreditInput`. */
export function newWorkOf(input: Work, at: ArgumentPath): Read<NewWork> {
  const kind = kindOf(input, at);
  if ('faults' in kind) return kind;
  if (kind.value === 'crew') {
    const job = parseInput(newJob, input.crew, [...at, 'crew']);
    return 'faults' in job ? job : { value: { kind: 'crew', ...job.value } };
  }
  const part = parseInput(newPart, input.cast, [...at, 'cast']);
  return 'faults' in part
    ? part
    : { value: { kind: 'cast', character: part.value.character, place: part.value.order } };
}

/** Reads `UpdateCreditInput`: the fields that are given, and the kind of credit that has them. */
export function creditEditsOf(
  input: Work,
  at: ArgumentPath,
): Read<{ readonly of: CreditKind; readonly edits: CreditEdits }> {
  const kind = kindOf(input, at);
  if ('faults' in kind) return kind;
  if (kind.value === 'crew') {
    const job = parseInput(jobEdits, input.crew, [...at, 'crew']);
    return 'faults' in job ? job : { value: { of: 'crew', edits: job.value as CreditEdits } };
  }
  const part = parseInput(partEdits, input.cast, [...at, 'cast']);
  if ('faults' in part) return part;
  const { order: place, ...rest } = part.value;
  return { value: { of: 'cast', edits: (place === undefined ? rest : { ...rest, place }) as CreditEdits } };
}

function kindOf({ cast, crew }: Work, at: ArgumentPath): Read<CreditKind> {
  if ((cast == null) === (crew == null)) {
    return { faults: [{ path: at, message: 'Send exactly one of `cast` and `crew`.', code: 'NOT_ONE' }] };
  }
  return { value: cast == null ? 'crew' : 'cast' };
}
