import { cutMessage } from '@marquee/graphql-over-http/error-limits';
import type { FactsOf } from '../execution/selected-facts.ts';

/** Faults of one mutation that a client is told. */
export const MAX_FAULTS = 100;

/** A place in a mutation's arguments: `['input', 'title']`, `['changes', '3', 'update', 'version']`. */
export type ArgumentPath = readonly string[];

/** What is wrong with one value of a mutation's arguments. */
export interface InputFault {
  readonly path: ArgumentPath;
  /** Says what to do instead. */
  readonly message: string;
  /** Stable, in capitals: `TOO_LONG`. */
  readonly code: string;
}

/**
 * Why nothing of a mutation was done, as GraphQL's types of errors have it (`docs/decisions/0012-writing.md`): the members of a
 * payload's union that are no result.
 */
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
  /** Where the id stood. */
  readonly path: ArgumentPath;
  readonly id: string;
}

export interface ConflictError {
  readonly __typename: 'ConflictError';
  readonly code: 'CONFLICT';
  readonly message: string;
  readonly path: ArgumentPath;
  readonly id: string;
  /** What to send as `version` once the entity has been read again. */
  readonly currentVersion: number;
}

export interface ForbiddenError {
  readonly __typename: 'ForbiddenError';
  readonly code: 'FORBIDDEN';
  readonly message: string;
  readonly path: ArgumentPath;
  readonly id: string;
}

/** The types of refusals that every subgraph with mutations has. */
interface RefusalTypes {
  readonly ValidationError: ValidationError;
  readonly InputFault: InputFault;
  readonly NotFoundError: NotFoundError;
  readonly ConflictError: ConflictError;
}

/** The fields of those types: all are read off their objects by name. */
export const REFUSAL_FACTS = {
  ValidationError: ['message', 'code', 'faults'],
  InputFault: ['path', 'message', 'code'],
  NotFoundError: ['message', 'code', 'path', 'id'],
  ConflictError: ['message', 'code', 'path', 'id', 'currentVersion'],
} as const satisfies FactsOf<RefusalTypes>;

/**
 * The refusal of a mutation for its arguments, with the first {@link MAX_FAULTS} faults and with messages within their length.
 *
 * @param found at least one
 */
export function invalid(found: readonly InputFault[]): ValidationError {
  const faults = found.slice(0, MAX_FAULTS).map((fault) => ({ ...fault, message: cutMessage(fault.message) }));
  const atLeast = found.length > faults.length ? 'more than ' : '';
  const count = faults.length === 1 ? 'one value' : `${atLeast}${faults.length} values`;
  const message = `Nothing was changed: ${count} cannot be taken. \`faults\` says which, and what to send instead.`;
  return { __typename: 'ValidationError', code: 'VALIDATION', message, faults };
}

/** @param what the kind of entity, as in `No film has the id …` */
export function notFound(what: string, id: string, path: ArgumentPath): NotFoundError {
  const message = cutMessage(`No ${what} has the id ${id}.`);
  return { __typename: 'NotFoundError', code: 'NOT_FOUND', message, path, id };
}

/** The entity is at another version than the one that the client has seen. */
export function outdated(what: string, id: string, currentVersion: number, path: ArgumentPath): ConflictError {
  const message = `The ${what} was changed meanwhile: read it again, and send version ${currentVersion} if you still want to change it.`;
  return { __typename: 'ConflictError', code: 'CONFLICT', message, path, id, currentVersion };
}

export function forbidden(message: string, id: string, path: ArgumentPath): ForbiddenError {
  return { __typename: 'ForbiddenError', code: 'FORBIDDEN', message, path, id };
}

/** Printable ASCII, as HTTP's header `Idempotency-Key` has it (draft-ietf-httpapi-idempotency-key-header). */
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** What is wrong with the argument `idempotencyKey`; none or one. */
export function idempotencyKeyFaults(key: string | null | undefined): readonly InputFault[] {
  if (key == null || IDEMPOTENCY_KEY.test(key)) return [];
  const message = 'A key has 1 to 255 printable ASCII characters: send a UUID, for example.';
  return [{ path: ['idempotencyKey'], message, code: 'INVALID_IDEMPOTENCY_KEY' }];
}

/** The idempotency key came with another mutation or with other arguments before. */
export const KEY_REUSED: ValidationError = invalid([
  {
    path: ['idempotencyKey'],
    message: 'This key came with another mutation before: send a new one for each, and the same for its repetitions.',
    code: 'IDEMPOTENCY_KEY_REUSED',
  },
]);
