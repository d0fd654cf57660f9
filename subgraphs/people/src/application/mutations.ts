import type { KeyReused, MutationCall, Outcome, Written } from '@marquee/subgraph/mutations/outcome';
import type { CreditChange, CreditRefusal, CreditsRelease } from './change-credits.ts';
import type { PersonChange, PersonRefusal, PersonRelease } from './change-people.ts';

type Result<Done, Why> = Promise<Outcome<Done, Why | KeyReused>>;

/** Executes the mutations of clients, each in one transaction, and returns what it wrote in the order of the changes. */
export interface Mutations {
  changePeople(call: MutationCall, changes: readonly PersonChange[]): Result<readonly Written[], PersonRefusal>;
  releasePerson(call: MutationCall, release: PersonRelease): Result<readonly Written[], PersonRefusal>;
  /** Waits 2 seconds for a movie that a client has just created and of which this subgraph has received no event yet. */
  changeCredits(call: MutationCall, changes: readonly CreditChange[]): Result<readonly Written[], CreditRefusal>;
  releaseCredits(call: MutationCall, release: CreditsRelease): Result<null, CreditRefusal>;
}
