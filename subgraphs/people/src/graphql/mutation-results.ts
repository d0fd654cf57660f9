import type { PathOf } from '@marquee/subgraph/mutations/mutation';
import type { Written } from '@marquee/subgraph/mutations/outcome';
import { invalid, notFound, type Refusal, refusedEntity } from '@marquee/subgraph/mutations/refusal';
import type { CreditRefusal } from '../application/change-credits.ts';
import type { PersonRefusal } from '../application/change-people.ts';
import type { Context } from './context.ts';

/** Returns a refusal of changes of persons as the schema's types define it. */
export function personRefusal(refused: PersonRefusal, pathOf: PathOf): Refusal {
  if (refused.kind !== 'deleted') return refusedEntity('person', refused, pathOf);
  const message = 'The person is deleted: leave `fields` out to bring them back with all of them.';
  return invalid([{ path: ['fields'], message, code: 'DELETED' }]);
}

/** Returns a refusal of changes of credits as the schema's types define it. */
export function creditRefusal(refused: CreditRefusal, pathOf: PathOf): Refusal {
  switch (refused.kind) {
    case 'noMovie':
      return notFound('movie', refused.id, pathOf(refused.index, 'input', 'movieId'));
    case 'noPerson':
      return notFound('person', refused.id, pathOf(refused.index, 'input', 'personId'));
    case 'otherKind': {
      const [given, message] =
        refused.is === 'cast'
          ? ['crew', 'The credit is a part in the cast: send `cast`.']
          : ['cast', 'The credit is a job in the crew: send `crew`.'];
      return invalid([{ path: pathOf(refused.index, 'input', given), message, code: 'OTHER_KIND' }]);
    }
    default:
      return refusedEntity('credit', refused, pathOf);
  }
}

/** Returns the person as it is after a mutation; null when another client has deleted it since a call that is repeated. */
export async function writtenPerson({ loaders }: Context, { id, version, deleted }: Written) {
  if (deleted) return { __typename: 'DeletedPerson', id, version };
  const person = await loaders.person.load(id);
  return person && { __typename: 'Person', ...person };
}

/** Returns the credit as it is after a mutation; null when another client has deleted it since a call that is repeated. */
export async function writtenCredit({ loaders }: Context, { id, version, deleted }: Written) {
  if (deleted) return { __typename: 'DeletedCredit', id, version };
  const credit = await loaders.credit.load(id);
  return credit && { __typename: credit.kind === 'cast' ? 'CastCredit' : 'CrewCredit', ...credit };
}
