import type { CreditChange, CreditRefusal, CreditsRelease } from './change-credits.ts';
import type { PersonChange, PersonRefusal, PersonRelease } from './change-people.ts';

/** A mutation that somebody asked for. */
export interface MutationRequest {
  /** Who asks. */
  readonly subject: string;
  /** The mutation's field in the schema. */
  readonly mutation: string;
  /** Calls with one key are done once. */
  readonly idempotencyKey: string | null;
  /** All other arguments, JSON. */
  readonly request: unknown;
}

/** What was written, at the version that it then had. The id is that which clients see. */
export interface Written {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
}

/** The idempotency key came with another request before. */
export interface KeyReused {
  readonly kind: 'keyReused';
}

type Outcome<Done, Why> = Promise<{ readonly done: Done } | { readonly refused: Why | KeyReused }>;

/** Where clients change persons and credits; each call is one transaction, and returns what it wrote in the order of its changes. */
export interface Mutations {
  changePeople(call: MutationRequest, changes: readonly PersonChange[]): Outcome<readonly Written[], PersonRefusal>;
  releasePerson(call: MutationRequest, release: PersonRelease): Outcome<readonly Written[], PersonRefusal>;
  /** A film that a client has just made may not be known here yet: it is looked for again for two seconds. */
  changeCredits(call: MutationRequest, changes: readonly CreditChange[]): Outcome<readonly Written[], CreditRefusal>;
  releaseCredits(call: MutationRequest, release: CreditsRelease): Outcome<null, CreditRefusal>;
}
