import { cutMessage } from '@marquee/graphql-over-http/error-limits';
import type { FactsOf } from '../execution/selected-facts.ts';
import type { NotFound, Outdated } from './outcome.ts';

/** Maximum number of faults in a refusal. */
export const MAX_FAULTS = 100;

/** Path of an argument: `['input', 'title']`, `['changes', '3', 'update', 'version']`. */
export type ArgumentPath = readonly string[];

/** A fault in one value of a mutation's arguments. */
export interface InputFault {
  readonly path: ArgumentPath;
  /** Says what to send instead. */
  readonly message: string;
  /** Stable, in capitals, such as `TOO_LONG`. */
  readonly code: string;
}

/** Members of a mutation's union that say why nothing was changed (`docs/decisions/0012-writing.md`). */
export type Refusal = ValidationError | NotFoundError | ConflictError | ForbiddenError;

export interface ValidationError {
  readonly __typename: 'ValidationError';
  readonly code: 'VALIDATION';
  readonly message: string;
  /** At least one. */
  readonly faults: readonly InputFault[];
}

export interface NotFoundError {
  readonly __typename: 'NotFoundError';
  readonly code: 'NOT_FOUND';
  readonly message: string;
  readonly path: ArgumentPath;
  readonly id: string;
}

export interface ConflictError {
  readonly __typename: 'ConflictError';
  readonly code: 'CONFLICT';
  readonly message: string;
  readonly path: ArgumentPath;
  readonly id: string;
  /** The `version` to send after reading the entity again. */
  readonly currentVersion: number;
}

export interface ForbiddenError {
  readonly __typename: 'ForbiddenError';
  readonly code: 'FORBIDDEN';
  readonly message: string;
  readonly path: ArgumentPath;
  readonly id: string;
}

/** Refusals in the schema of every subgraph with mutations. */
interface RefusalTypes {
  readonly ValidationError: ValidationError;
  readonly InputFault: InputFault;
  readonly NotFoundError: NotFoundError;
  readonly ConflictError: ConflictError;
}

/** Fields of these types, each the property of its name. */
export const REFUSAL_FACTS = {
  ValidationError: ['message', 'code', 'faults'],
  InputFault: ['path', 'message', 'code'],
  NotFoundError: ['message', 'code', 'path', 'id'],
  ConflictError: ['message', 'code', 'path', 'id', 'currentVersion'],
} as const satisfies FactsOf<RefusalTypes>;

/** Returns the refusal of a mutation for its arguments, with the first {@link MAX_FAULTS} faults. @param found at least one */
export function invalid(found: readonly InputFault[]): ValidationError {
  const faults = found.slice(0, MAX_FAULTS).map((fault) => ({ ...fault, message: cutMessage(fault.message) }));
  const atLeast = found.length > faults.length ? 'more than ' : '';
  const count = faults.length === 1 ? 'one value' : `${atLeast}${faults.length} values`;
  const message = `Nothing was changed: ${count} cannot be taken. \`faults\` says which, and what to send instead.`;
  return { __typename: 'ValidationError', code: 'VALIDATION', message, faults };
}

/** Returns the refusal of an id that no entity has. @param what the kind of entity, as in `No movie has the id …` */
export function notFound(what: string, id: string, path: ArgumentPath): NotFoundError {
  const message = cutMessage(`No ${what} has the id ${id}.`);
  return { __typename: 'NotFoundError', code: 'NOT_FOUND', message, path, id };
}

/** Returns the refusal of a change that names another version than the entity's current one. */
export function outdated(what: string, id: string, currentVersion: number, path: ArgumentPath): ConflictError {
  const message = `The ${what} was changed meanwhile: read it again, and send version ${currentVersion} if you still want to change it.`;
  return { __typename: 'ConflictError', code: 'CONFLICT', message, path, id, currentVersion };
}

/** Returns the refusal of a change of an entity. @param what the kind of entity, as in {@link notFound} */
export function refusedEntity(
  what: string,
  why: NotFound | Outdated,
  pathOf: (index: number, argument: 'id' | 'version') => ArgumentPath,
): NotFoundError | ConflictError {
  return why.kind === 'notFound'
    ? notFound(what, why.id, pathOf(why.index, 'id'))
    : outdated(what, why.id, why.currentVersion, pathOf(why.index, 'version'));
}

export function forbidden(message: string, id: string, path: ArgumentPath): ForbiddenError {
  return { __typename: 'ForbiddenError', code: 'FORBIDDEN', message, path, id };
}

/** Printable ASCII, as HTTP's header `Idempotency-Key` has it (draft-ietf-httpapi-idempotency-key-header). */
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** Returns the faults of the argument `idempotencyKey`: none or one. */
export function idempotencyKeyFaults(key: string | null | undefined): readonly InputFault[] {
  if (key == null || IDEMPOTENCY_KEY.test(key)) return [];
  const message = 'A key has 1 to 255 printable ASCII characters: send a UUID, for example.';
  return [{ path: ['idempotencyKey'], message, code: 'INVALID_IDEMPOTENCY_KEY' }];
}

/** Refusal of an idempotency key that came with another mutation or with other arguments before. */
export const KEY_REUSED: ValidationError = invalid([
  {
    path: ['idempotencyKey'],
    message: 'This key came with another mutation before: send a new one for each, and the same for its repetitions.',
    code: 'IDEMPOTENCY_KEY_REUSED',
  },
]);
