import type { ChangePaths } from '@marquee/subgraph/mutations/changes';
import { type ArgumentPath, invalid, notFound, outdated, type Refusal } from '@marquee/subgraph/mutations/refusal';
import type { CreditRefusal } from '../application/change-credits.ts';
import type { PersonRefusal } from '../application/change-people.ts';
import type { Written } from '../application/mutations.ts';
import { creditId } from '../domain/credit-id.ts';
import type { Context } from './context.ts';

const ONE: ChangePaths = { input: ['input'], id: ['id'], version: ['version'] };

/** Why persons were not changed, as the schema's types have it. @param paths where each change stands */
export function personRefusal(refused: PersonRefusal, paths: readonly ChangePaths[] = [ONE]): Refusal {
  if (refused.kind === 'deleted') {
    const message = 'The person is deleted: leave `fields` out to bring them back with all of them.';
    return invalid([{ path: ['fields'], message, code: 'DELETED' }]);
  }
  const { id, version } = paths[refused.index] ?? ONE;
  return refused.kind === 'notFound'
    ? notFound('person', refused.id, id)
    : outdated('person', refused.id, refused.currentVersion, version);
}

/** Why credits were not changed, as the schema's types have it. @param paths where each change stands */
export function creditRefusal(refused: CreditRefusal, paths: readonly ChangePaths[]): Refusal {
  const at = paths[refused.index] ?? ONE;
  if (refused.kind === 'noFilm') return notFound('film', refused.id, [...at.input, 'movieId']);
  if (refused.kind === 'noPerson') return notFound('person', refused.id, [...at.input, 'personId']);
  if (refused.kind === 'otherKind') {
    const [has, message] =
      refused.is === 'cast'
        ? ['crew', 'The credit is a part in the cast: send `cast`.']
        : ['cast', 'The credit is a job in the crew: send `crew`.'];
    return invalid([{ path: [...at.input, has], message, code: 'OTHER_KIND' }]);
  }
  const id = creditId(refused.ref);
  return refused.kind === 'notFound'
    ? notFound('credit', id, at.id)
    : outdated('credit', id, refused.currentVersion, at.version);
}

/** Persons as they are after a mutation, read anew; null for one that somebody deleted since. */
export function writtenPersons(context: Context, written: readonly Written[]) {
  context.loaders = context.createLoaders();
  return Promise.all(
    written.map(async ({ id, version, deleted }) => {
      if (deleted) return { __typename: 'DeletedPerson', id, version };
      const person = await context.loaders.person.load(id);
      return person && { __typename: 'Person', ...person };
    }),
  );
}

/** Credits as they are after a mutation, read anew; null for one that somebody deleted since. */
export function writtenCredits(context: Context, written: readonly Written[]) {
  context.loaders = context.createLoaders();
  return Promise.all(
    written.map(async ({ id, version, deleted }) => {
      if (deleted) return { __typename: 'DeletedCredit', id, version };
      const credit = await context.loaders.credit.load(id);
      return credit && { __typename: credit.kind === 'cast' ? 'CastCredit' : 'CrewCredit', ...credit };
    }),
  );
}

/** The only result. A call that is repeated by its key may name what somebody has deleted since. */
export function onlyOf(what: string, [written]: readonly Written[], [result]: readonly (object | null)[]): object {
  return result ?? goneSince(what, written?.id ?? '', ['id']);
}

/** All results, or which of them somebody has deleted since the call that is repeated. */
export function allOf(
  what: string,
  typename: string,
  written: readonly Written[],
  results: readonly (object | null)[],
  paths: readonly ChangePaths[],
): object {
  const gone = results.indexOf(null);
  if (gone === -1) return { __typename: typename, results };
  return goneSince(what, written[gone]?.id ?? '', paths[gone]?.id ?? []);
}

const goneSince = (what: string, id: string, path: ArgumentPath) => notFound(what, id, path);
