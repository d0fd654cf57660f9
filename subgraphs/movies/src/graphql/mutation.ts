import { isStorableText } from '@marquee/runtime/text';
import type { IdentityContext } from '@marquee/subgraph/authorization';
import {
  type ChangeInput,
  type ChangeKind,
  type ChangePaths,
  type Read,
  type ReadChanges,
  readChanges,
  readOne,
} from '@marquee/subgraph/mutations/changes';
import { type Keyed, mutationCall } from '@marquee/subgraph/mutations/mutation-call';
import { type ArgumentPath, idempotencyKeyFaults, invalid, notFound } from '@marquee/subgraph/mutations/refusal';
import type { MovieChange } from '../application/change-movies.ts';
import type { Context } from './context.ts';
import { movieFieldOf } from './movie-field.ts';
import { editsOf, type MovieInput, newMovieOf } from './movie-input.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';
import { changedMovies, refusalOf, releaseRefusalOf } from './mutation-results.ts';

interface ReleaseArgs extends Keyed {
  readonly id: string;
  readonly version: number;
  readonly fields?: readonly string[] | null;
}

type MutationContext = Context & IdentityContext;

interface ChangeArgs {
  readonly id: string;
  readonly version: number;
  readonly input: MovieInput;
}

function readMovie(kind: ChangeKind, { id, version, input }: ChangeArgs, at: ArgumentPath): Read<MovieChange> {
  if (kind === 'delete') return { value: { kind, id, version } };
  if (kind === 'create') {
    const content = newMovieOf(input, at);
    return 'faults' in content ? content : { value: { kind, content: content.value } };
  }
  const edits = editsOf(input, at);
  return 'faults' in edits ? edits : { value: { kind, id, version, edits: edits.value } };
}

/** Does what was read, and returns what was refused as the schema has it. */
async function change(mutation: string, args: Keyed, read: ReadChanges<MovieChange>, context: MutationContext) {
  if ('faults' in read) return { refused: invalid(read.faults) };
  for (const [index, each] of read.changes.entries()) {
    if ('id' in each && !isStorableText(each.id)) {
      return { refused: notFound('film', each.id, (read.paths[index] as ChangePaths).id) };
    }
  }
  const outcome = await context.mutations.change(mutationCall(mutation, args, context), read.changes);
  return 'refused' in outcome ? { refused: refusalOf(outcome.refused, read.paths) } : outcome;
}

/** A mutation of one film: a batch of one. */
const ofOne = (mutation: string, kind: MovieChange['kind']) =>
  async function resolve(_: unknown, args: Keyed & object, context: MutationContext, info: ResolveInfo) {
    const outcome = await change(mutation, args, readOne(kind, args, readMovie), context);
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
    args: Keyed & { readonly changes: readonly ChangeInput[] },
    context: MutationContext,
    info: ResolveInfo,
  ) {
    const read = readChanges(args.changes, args.idempotencyKey, readMovie, 'Name each film once.');
    const outcome = await change('changeMovies', args, read, context);
    if ('refused' in outcome) return outcome.refused;
    const results = await changedMovies(context, outcome.done, movieSelectionOf(info, 'results'));
    return { __typename: 'ChangedMovies', results };
  },

  async releaseOverrides(_: unknown, args: ReleaseArgs, context: MutationContext, info: ResolveInfo) {
    const faults = idempotencyKeyFaults(args.idempotencyKey);
    if (faults.length > 0) return invalid(faults);
    const { id, version } = args;
    if (!isStorableText(id)) return notFound('film', id, ['id']);
    const outcome = await context.mutations.release(mutationCall('releaseOverrides', args, context), {
      id,
      version,
      fields: args.fields?.map(movieFieldOf) ?? null,
    });
    if ('refused' in outcome) return releaseRefusalOf(outcome.refused);
    return onlyOf(await changedMovies(context, [outcome.done], movieSelectionOf(info)));
  },
};
