import type { IdentityContext } from '@marquee/subgraph/authorization';
import { changePath } from '@marquee/subgraph/mutations/changes';
import { mutationBuilder, onlyOf } from '@marquee/subgraph/mutations/mutation';
import type { MutationCall } from '@marquee/subgraph/mutations/outcome';
import { notFound } from '@marquee/subgraph/mutations/refusal';
import type { z } from 'zod';
import type { CreditChange, CreditRefusal } from '../application/change-credits.ts';
import type { PersonChange, PersonRefusal } from '../application/change-people.ts';
import type { Context } from './context.ts';
import { argumentsOf } from './inputs.ts';
import { creditRefusal, personRefusal, writtenCredit, writtenPerson } from './mutation-results.ts';

type MutationContext = Context & IdentityContext;

const personMutation = mutationBuilder<MutationContext, PersonRefusal>(personRefusal);
const creditMutation = mutationBuilder<MutationContext, CreditRefusal>(creditRefusal);

/** Ids of movies and persons; no entity has an id of another form. */
const ID = /^[0-9A-Za-z-]{1,64}$/;

/** Refuses the first id that no person can have. */
function unknownPerson(changes: readonly (PersonChange | { readonly id: string })[]): PersonRefusal | undefined {
  for (const [index, change] of changes.entries()) {
    if ('id' in change && !ID.test(change.id)) return { kind: 'notFound', index, id: change.id };
  }
  return undefined;
}

/** Refuses the first id that no credit, movie or person can have. */
function unknownCredit(changes: readonly CreditChange[]): CreditRefusal | undefined {
  for (const [index, change] of changes.entries()) {
    if (change.kind !== 'create') {
      if (change.ref.key === '') return { kind: 'notFound', index, id: change.ref.movieId };
    } else if (!ID.test(change.movieId)) {
      return { kind: 'noMovie', index, id: change.movieId };
    } else if (!ID.test(change.personId)) {
      return { kind: 'noPerson', index, id: change.personId };
    }
  }
  return undefined;
}

async function changePeople({ mutations }: Context, changes: readonly PersonChange[], call: MutationCall) {
  const refused = unknownPerson(changes);
  return refused === undefined ? mutations.changePeople(call, changes) : { refused };
}

async function changeCredits({ mutations }: Context, changes: readonly CreditChange[], call: MutationCall) {
  const refused = unknownCredit(changes);
  return refused === undefined ? mutations.changeCredits(call, changes) : { refused };
}

/** Returns the resolver of a mutation of one person: a batch of one. */
const changePerson = (name: string, schema: z.ZodType<PersonChange>) =>
  personMutation(name, {
    schema,
    act: async (context, change, call) => onlyOf(await changePeople(context, [change], call)),
    result: async (context, written) =>
      (await writtenPerson(context, written)) ?? notFound('person', written.id, ['id']),
  });

/** Returns the resolver of a mutation of one credit: a batch of one. */
const changeCredit = (name: string, schema: z.ZodType<CreditChange>) =>
  creditMutation(name, {
    schema,
    act: async (context, change, call) => onlyOf(await changeCredits(context, [change], call)),
    result: async (context, written) =>
      (await writtenCredit(context, written)) ?? notFound('credit', written.id, ['id']),
  });

export const Mutation = {
  createPerson: changePerson('createPerson', argumentsOf.createPerson),
  updatePerson: changePerson('updatePerson', argumentsOf.updatePerson),
  deletePerson: changePerson('deletePerson', argumentsOf.deletePerson),

  changePeople: personMutation('changePeople', {
    schema: argumentsOf.changePeople,
    act: (context, { changes }, call) => changePeople(context, changes, call),
    pathOf: ({ changes }, ...argument) => changePath(changes, ...argument),
    async result(context, written, { pathOf }) {
      const results = await Promise.all(written.map((each) => writtenPerson(context, each)));
      const gone = results.indexOf(null);
      if (gone >= 0) return notFound('person', String(written[gone]?.id), pathOf(gone, 'id'));
      return { __typename: 'ChangedPeople', results };
    },
  }),

  releasePersonOverrides: personMutation('releasePersonOverrides', {
    schema: argumentsOf.releasePersonOverrides,
    async act({ mutations }, release, call) {
      const refused = unknownPerson([release]);
      return refused === undefined ? onlyOf(await mutations.releasePerson(call, release)) : { refused };
    },
    result: async (context, written) =>
      (await writtenPerson(context, written)) ?? notFound('person', written.id, ['id']),
  }),

  createCredit: changeCredit('createCredit', argumentsOf.createCredit),
  updateCredit: changeCredit('updateCredit', argumentsOf.updateCredit),
  deleteCredit: changeCredit('deleteCredit', argumentsOf.deleteCredit),

  changeCredits: creditMutation('changeCredits', {
    schema: argumentsOf.changeCredits,
    act: (context, { changes }, call) => changeCredits(context, changes, call),
    pathOf: ({ changes }, ...argument) => changePath(changes, ...argument),
    async result(context, written, { pathOf }) {
      const results = await Promise.all(written.map((each) => writtenCredit(context, each)));
      const gone = results.indexOf(null);
      if (gone >= 0) return notFound('credit', String(written[gone]?.id), pathOf(gone, 'id'));
      return { __typename: 'ChangedCredits', results };
    },
  }),

  releaseCreditOverrides: creditMutation('releaseCreditOverrides', {
    schema: argumentsOf.releaseCreditOverrides,
    async act({ mutations }, release, call) {
      const { movieId } = release;
      if (!ID.test(movieId)) return { refused: { kind: 'noMovie', index: 0, id: movieId } };
      const outcome = await mutations.releaseCredits(call, release);
      return 'refused' in outcome ? outcome : { done: movieId };
    },
    pathOf: (_, __, ...[, ...argument]) => argument,
    result: (_, movieId) => ({ __typename: 'Movie', id: movieId }),
  }),
};
