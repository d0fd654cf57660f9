/*
 * The terms of a mutation that every ring of a subgraph uses. Use cases import the types of this file, so it imports nothing
 * (docs/decisions/0001).
 */

/** One request for a mutation. */
export interface MutationCall {
  /** The token's subject. Idempotency keys of different subjects are independent. */
  readonly subject: string;
  /** The mutation's field in the schema. */
  readonly mutation: string;
  /** The client's name for this attempt and its repetitions; null: each call is executed. */
  readonly idempotencyKey: string | null;
  /** All other arguments, as JSON. A key that comes again with other arguments is refused. */
  readonly request: unknown;
}

/** The result of a mutation, small and JSON (ids and versions, not entities), or the reason why nothing was changed. */
export type Outcome<Done, Why> = { readonly done: Done } | { readonly refused: Why };

/** An entity after its change. */
export interface Written {
  /** The id that clients use. */
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
}

/** Refusal of a call whose idempotency key came with another mutation or with other arguments before. */
export interface KeyReused {
  readonly kind: 'keyReused';
}

/** Refusal of a change of an entity that does not exist. */
export interface NotFound {
  readonly kind: 'notFound';
  /** Position of the change in its batch, from 0. */
  readonly index: number;
  readonly id: string;
}

/** Refusal of a change that names another version of the entity than the current one. */
export interface Outdated {
  readonly kind: 'outdated';
  /** Position of the change in its batch, from 0. */
  readonly index: number;
  readonly id: string;
  readonly currentVersion: number;
}
