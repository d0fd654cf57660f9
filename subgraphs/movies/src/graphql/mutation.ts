import { isStorableText } from '@marquee/runtime/text';
import type { IdentityContext } from '@marquee/subgraph/authorization';
import type { SelectionInfo } from '@marquee/subgraph/execution/selected-facts';
import { changePath } from '@marquee/subgraph/mutations/changes';
import { mutationBuilder, onlyOf } from '@marquee/subgraph/mutations/mutation';
import type { MutationCall, NotFound, Written } from '@marquee/subgraph/mutations/outcome';
import type { z } from 'zod';
import type { MovieChange, MovieRefusal } from '../application/change-movies.ts';
import type { ReleaseRefusal } from '../application/release-overrides.ts';
import type { Context } from './context.ts';
import { argumentsOf } from './inputs.ts';
import { movieSelectionOf } from './movie-selection.ts';
import { changedMovie, changedMovies, refusalOf } from './mutation-results.ts';

type MutationContext = Context & IdentityContext;

const mutation = mutationBuilder<MutationContext, MovieRefusal | ReleaseRefusal>(refusalOf);

/** Refuses the first id that Postgres cannot store: no movie has it. */
function unstorableId(changes: readonly (MovieChange | { readonly id: string })[]): NotFound | undefined {
  for (const [index, change] of changes.entries()) {
    if ('id' in change && !isStorableText(change.id)) return { kind: 'notFound', index, id: change.id };
  }
  return undefined;
}

async function changeMovies({ mutations }: MutationContext, changes: readonly MovieChange[], call: MutationCall) {
  const refused = unstorableId(changes);
  return refused === undefined ? mutations.changeMovies(call, changes) : { refused };
}

const movieResult = (context: MutationContext, written: Written, { info }: { readonly info: SelectionInfo }) =>
  changedMovie(context, written, movieSelectionOf(info));

/** Returns the resolver of a mutation of one movie: a batch of one. */
const changeMovie = (name: string, schema: z.ZodType<MovieChange>) =>
  mutation(name, {
    schema,
    act: async (context, change, call) => onlyOf(await changeMovies(context, [change], call)),
    result: movieResult,
  });

export const Mutation = {
  createMovie: changeMovie('createMovie', argumentsOf.createMovie),
  updateMovie: changeMovie('updateMovie', argumentsOf.updateMovie),
  deleteMovie: changeMovie('deleteMovie', argumentsOf.deleteMovie),

  changeMovies: mutation('changeMovies', {
    schema: argumentsOf.changeMovies,
    act: (context, { changes }, call) => changeMovies(context, changes, call),
    pathOf: ({ changes }, ...argument) => changePath(changes, ...argument),
    async result(context, written, { info }) {
      const results = await changedMovies(context, written, movieSelectionOf(info, 'results'));
      return { __typename: 'ChangedMovies', results };
    },
  }),

  releaseOverrides: mutation('releaseOverrides', {
    schema: argumentsOf.releaseOverrides,
    async act({ mutations }, release, call) {
      const refused = unstorableId([release]);
      return refused === undefined ? mutations.releaseOverrides(call, release) : { refused };
    },
    result: movieResult,
  }),
};
