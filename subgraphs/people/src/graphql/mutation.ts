import type { IdentityContext } from '@marquee/subgraph/authorization';
import {
  type ChangeInput,
  type ChangeKind,
  type ChangePaths,
  MAX_CHANGES,
  type Read,
  type ReadChanges,
  readChanges,
  readOne,
} from '@marquee/subgraph/mutations/changes';
import { type Keyed, mutationCall } from '@marquee/subgraph/mutations/mutation-call';
import {
  type ArgumentPath,
  type InputFault,
  idempotencyKeyFaults,
  invalid,
  KEY_REUSED,
  notFound,
} from '@marquee/subgraph/mutations/refusal';
import type { CreditChange } from '../application/change-credits.ts';
import type { PersonChange } from '../application/change-people.ts';
import type { KeyReused } from '../application/mutations.ts';
import { readCreditId } from '../domain/credit-id.ts';
import type { Context } from './context.ts';
import { creditEditsOf, newWorkOf } from './credit-input.ts';
import { allOf, creditRefusal, onlyOf, personRefusal, writtenCredits, writtenPersons } from './mutation-results.ts';
import { newPersonOf, personEditsOf, personFieldOf } from './person-input.ts';

interface Batch extends Keyed {
  readonly changes: readonly ChangeInput[];
}

interface Change {
  readonly id: string;
  readonly version: number;
  readonly input: object;
}

type NewCredit = { readonly movieId: string; readonly personId: string } & Parameters<typeof newWorkOf>[0];

interface ReleasePersonArgs extends Keyed {
  readonly id: string;
  readonly version: number;
  readonly fields?: readonly string[] | null;
}

interface ReleaseCreditsArgs extends Keyed {
  readonly movieId: string;
  readonly ids?: readonly string[] | null;
}

type MutationContext = Context & IdentityContext;

const REPEATED = 'Name it once.';

/** Ids of films and persons; what has another form stands for nothing. */
const ID = /^[0-9A-Za-z-]{1,64}$/;

function readPerson(kind: ChangeKind, { id, version, input }: Change, at: ArgumentPath): Read<PersonChange> {
  if (kind === 'delete') return { value: { kind, id, version } };
  if (kind === 'create') {
    const facts = newPersonOf(input, at);
    return 'faults' in facts ? facts : { value: { kind, facts: facts.value } };
  }
  const edits = personEditsOf(input, at);
  return 'faults' in edits ? edits : { value: { kind, id, version, edits: edits.value } };
}

function readCredit(kind: ChangeKind, { id, version, input }: Change, at: ArgumentPath): Read<CreditChange> {
  if (kind === 'create') {
    const { movieId, personId } = input as NewCredit;
    const work = newWorkOf(input as NewCredit, at);
    return 'faults' in work ? work : { value: { kind, movieId, personId, work: work.value } };
  }
  // An id that is none names no credit: the empty key is nobody's.
  const ref = readCreditId(id) ?? { movieId: id, key: '' };
  if (kind === 'delete') return { value: { kind, ref, version } };
  const edits = creditEditsOf(input, at);
  return 'faults' in edits ? edits : { value: { kind, ref, version, ...edits.value } };
}

/** The first change that names what cannot be there, as it is refused. */
function unknownPerson(changes: readonly PersonChange[], paths: readonly ChangePaths[]) {
  const index = changes.findIndex((change) => change.kind !== 'create' && !ID.test(change.id));
  const change = changes[index];
  if (change === undefined || change.kind === 'create') return null;
  return personRefusal({ kind: 'notFound', index, id: change.id }, paths);
}

function unknownCredit(changes: readonly CreditChange[], paths: readonly ChangePaths[]) {
  for (const [index, change] of changes.entries()) {
    if (change.kind !== 'create') {
      if (change.ref.key === '') return notFound('credit', change.ref.movieId, paths[index]?.id ?? []);
    } else if (!ID.test(change.movieId)) {
      return creditRefusal({ kind: 'noFilm', index, id: change.movieId }, paths);
    } else if (!ID.test(change.personId)) {
      return creditRefusal({ kind: 'noPerson', index, id: change.personId }, paths);
    }
  }
  return null;
}

const isKeyReused = (refused: { readonly kind: string }): refused is KeyReused => refused.kind === 'keyReused';

async function changePersons(mutation: string, args: Keyed, read: ReadChanges<PersonChange>, context: MutationContext) {
  if ('faults' in read) return { refused: invalid(read.faults) };
  const { changes, paths } = read;
  const unknown = unknownPerson(changes, paths);
  if (unknown !== null) return { refused: unknown };
  const outcome = await context.mutations.changePeople(mutationCall(mutation, args, context), changes);
  if ('done' in outcome) return { done: outcome.done, paths };
  return { refused: isKeyReused(outcome.refused) ? KEY_REUSED : personRefusal(outcome.refused, paths) };
}

async function changeCredits(mutation: string, args: Keyed, read: ReadChanges<CreditChange>, context: MutationContext) {
  if ('faults' in read) return { refused: invalid(read.faults) };
  const { changes, paths } = read;
  const unknown = unknownCredit(changes, paths);
  if (unknown !== null) return { refused: unknown };
  const outcome = await context.mutations.changeCredits(mutationCall(mutation, args, context), changes);
  if ('done' in outcome) return { done: outcome.done, paths };
  return { refused: isKeyReused(outcome.refused) ? KEY_REUSED : creditRefusal(outcome.refused, paths) };
}

/** A mutation of one person: a batch of one. */
const ofPerson = (mutation: string, kind: ChangeKind) =>
  async function resolve(_: unknown, args: Keyed & object, context: MutationContext) {
    const outcome = await changePersons(mutation, args, readOne(kind, args, readPerson), context);
    if ('refused' in outcome) return outcome.refused;
    return onlyOf('person', outcome.done, await writtenPersons(context, outcome.done));
  };

/** A mutation of one credit: a batch of one. */
const ofCredit = (mutation: string, kind: ChangeKind) =>
  async function resolve(_: unknown, args: Keyed & object, context: MutationContext) {
    const outcome = await changeCredits(mutation, args, readOne(kind, args, readCredit), context);
    if ('refused' in outcome) return outcome.refused;
    return onlyOf('credit', outcome.done, await writtenCredits(context, outcome.done));
  };

/** The credits of the film that ids name; faults for those that name none of its credits. */
function keysOf(movieId: string, ids: readonly string[] | null): Read<readonly string[] | null> {
  if (ids === null) return { value: null };
  const refs = ids.map(readCreditId);
  const faults = refs.flatMap((ref, index): InputFault[] => {
    if (ref?.movieId === movieId) return [];
    const message = 'Send ids of credits of this film.';
    return [{ path: ['ids', String(index)], message, code: 'OTHER_FILM' }];
  });
  if (ids.length < 1 || ids.length > MAX_CHANGES) {
    const code = ids.length < 1 ? 'TOO_SHORT' : 'TOO_LONG';
    faults.push({ path: ['ids'], message: `Send 1 to ${MAX_CHANGES} ids, or null for all credits.`, code });
  }
  return faults.length > 0 ? { faults } : { value: refs.flatMap((ref) => (ref === null ? [] : [ref.key])) };
}

export const Mutation = {
  createPerson: ofPerson('createPerson', 'create'),
  updatePerson: ofPerson('updatePerson', 'update'),
  deletePerson: ofPerson('deletePerson', 'delete'),

  async changePeople(_: unknown, args: Batch, context: MutationContext) {
    const read = readChanges(args.changes, args.idempotencyKey, readPerson, REPEATED);
    const outcome = await changePersons('changePeople', args, read, context);
    if ('refused' in outcome) return outcome.refused;
    const results = await writtenPersons(context, outcome.done);
    return allOf('person', 'ChangedPeople', outcome.done, results, outcome.paths);
  },

  async releasePersonOverrides(_: unknown, args: ReleasePersonArgs, context: MutationContext) {
    const faults = idempotencyKeyFaults(args.idempotencyKey);
    if (faults.length > 0) return invalid(faults);
    const { id, version } = args;
    if (!ID.test(id)) return notFound('person', id, ['id']);
    const fields = args.fields?.map(personFieldOf) ?? null;
    const call = mutationCall('releasePersonOverrides', args, context);
    const outcome = await context.mutations.releasePerson(call, { id, version, fields });
    if ('refused' in outcome) return isKeyReused(outcome.refused) ? KEY_REUSED : personRefusal(outcome.refused);
    return onlyOf('person', outcome.done, await writtenPersons(context, outcome.done));
  },

  createCredit: ofCredit('createCredit', 'create'),
  updateCredit: ofCredit('updateCredit', 'update'),
  deleteCredit: ofCredit('deleteCredit', 'delete'),

  async changeCredits(_: unknown, args: Batch, context: MutationContext) {
    const read = readChanges(args.changes, args.idempotencyKey, readCredit, REPEATED);
    const outcome = await changeCredits('changeCredits', args, read, context);
    if ('refused' in outcome) return outcome.refused;
    const results = await writtenCredits(context, outcome.done);
    return allOf('credit', 'ChangedCredits', outcome.done, results, outcome.paths);
  },

  async releaseCreditOverrides(_: unknown, args: ReleaseCreditsArgs, context: MutationContext) {
    const { movieId } = args;
    const keys = keysOf(movieId, args.ids ?? null);
    const faults = ['faults' in keys ? keys.faults : [], idempotencyKeyFaults(args.idempotencyKey)].flat();
    if ('faults' in keys || faults.length > 0) return invalid(faults);
    if (!ID.test(movieId)) return notFound('film', movieId, ['movieId']);
    const call = mutationCall('releaseCreditOverrides', args, context);
    const outcome = await context.mutations.releaseCredits(call, { movieId, keys: keys.value });
    context.loaders = context.createLoaders();
    if ('done' in outcome) return { __typename: 'Movie', id: movieId };
    return isKeyReused(outcome.refused) ? KEY_REUSED : notFound('film', movieId, ['movieId']);
  },
};
