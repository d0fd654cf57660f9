import type { IdentityContext } from '@marquee/subgraph/authorization';
import { invalid, notFound } from '@marquee/subgraph/mutations/refusal';
import { isStorableText } from '@marquee/subgraph/storable-text';
import type { MovieChange } from '../application/change-movies.ts';
import type { MutationRequest } from '../application/movie-mutations.ts';
import type { Context } from './context.ts';
import { movieFieldOf } from './movie-field.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';
import {
  type ChangePaths,
  type MovieChangeInput,
  type ReadChanges,
  readChange,
  readChanges,
  together,
} from './mutation-arguments.ts';
import { changedMovies, refusalOf, releaseRefusalOf } from './mutation-results.ts';

interface Keyed {
  readonly idempotencyKey?: string | null;
}

interface ReleaseArgs extends Keyed {
  readonly id: string;
  readonly version: number;
  readonly fields?: readonly string[] | null;
}

type MutationContext = Context & IdentityContext;

/** The call as it is remembered by its key: everything but the key is the request. */
function requestOf(mutation: string, { idempotencyKey, ...request }: Keyed, context: MutationContext): MutationRequest {
  // Every field of Mutation requires a scope, so somebody asks.
  const subject = context.identity?.subject ?? '';
  return { subject, mutation, idempotencyKey: idempotencyKey ?? null, request };
}

/** Does what was read, and returns what was refused as the schema has it. */
async function change(mutation: string, args: Keyed, read: ReadChanges, context: MutationContext) {
  if ('faults' in read) return { refused: invalid(read.faults) };
  for (const [index, each] of read.changes.entries()) {
    if ('id' in each && !isStorableText(each.id)) {
      return { refused: notFound('film', each.id, (read.paths[index] as ChangePaths).id) };
    }
  }
  const outcome = await context.mutations.change(requestOf(mutation, args, context), read.changes);
  return 'refused' in outcome ? { refused: refusalOf(outcome.refused, read.paths) } : outcome;
}

/** A mutation of one film: a batch of one. */
const ofOne = (mutation: string, kind: MovieChange['kind']) =>
  async function resolve(_: unknown, args: Keyed & object, context: MutationContext, info: ResolveInfo) {
    const read = together([readChange(kind, args)], args.idempotencyKey);
    const outcome = await change(mutation, args, read, context);
    if ('refused' in outcome) return outcome.refused;
    return onlyOf(await changedMovies(context, outcome.done, movieSelectionOf(info)), kind);
  };

/** The only film, which is not there if somebody has deleted it since a call that is repeated. */
function onlyOf([movie]: readonly object[], kind?: MovieChange['kind']) {
  const { __typename, id } = movie as { readonly __typename: string; readonly id: string };
  return __typename === 'DeletedMovie' && kind !== 'delete' ? notFound('film', id, ['id']) : movie;
}

export const Mutation = {
  createMovie: ofOne('createMovie', 'create'),
  updateMovie: ofOne('updateMovie', 'update'),
  deleteMovie: ofOne('deleteMovie', 'delete'),

  async changeMovies(
    _: unknown,
    args: Keyed & { readonly changes: readonly MovieChangeInput[] },
    context: MutationContext,
    info: ResolveInfo,
  ) {
    const read = readChanges(args.changes, args.idempotencyKey);
    const outcome = await change('changeMovies', args, read, context);
    if ('refused' in outcome) return outcome.refused;
    const results = await changedMovies(context, outcome.done, movieSelectionOf(info, 'results'));
    return { __typename: 'ChangedMovies', results };
  },

  async releaseOverrides(_: unknown, args: ReleaseArgs, context: MutationContext, info: ResolveInfo) {
    const faults = together([], args.idempotencyKey);
    if ('faults' in faults) return invalid(faults.faults);
    const { id, version } = args;
    if (!isStorableText(id)) return notFound('film', id, ['id']);
    const outcome = await context.mutations.release(requestOf('releaseOverrides', args, context), {
      id,
      version,
      fields: args.fields?.map(movieFieldOf) ?? null,
    });
    if ('refused' in outcome) return releaseRefusalOf(outcome.refused);
    return onlyOf(await changedMovies(context, [outcome.done], movieSelectionOf(info)));
  },
};
