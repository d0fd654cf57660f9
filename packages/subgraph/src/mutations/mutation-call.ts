import type { Identity } from '@marquee/trust/identity';
import type { IdentityContext } from '../authorization.ts';
import type { MutationCall } from './run-mutation.ts';

/** The arguments of any mutation. */
export interface Keyed {
  readonly idempotencyKey?: string | null;
}

/**
 * Who asks for a mutation.
 *
 * @throws Error when nobody does: every field of Mutation is to require a scope
 */
export function askerOf({ identity }: IdentityContext): Identity {
  if (identity === undefined)
    throw new Error('A mutation was reached without a token: its scopes are missing in the schema.');
  return identity;
}

/** The call as it is remembered by its key: everything but the key is the request. */
export function mutationCall(
  mutation: string,
  { idempotencyKey, ...request }: Keyed,
  context: IdentityContext,
): MutationCall {
  const { subject } = askerOf(context);
  return { subject, mutation, idempotencyKey: idempotencyKey ?? null, request };
}
