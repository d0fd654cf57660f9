import type { PathOf } from '@marquee/subgraph/mutations/mutation';
import type { Written } from '@marquee/subgraph/mutations/outcome';
import { invalid, notFound, type Refusal, refusedEntity } from '@marquee/subgraph/mutations/refusal';
import type { MovieRefusal, UnknownName } from '../application/change-movies.ts';
import type { MovieSelection } from '../application/movie-selection.ts';
import type { ReleaseRefusal } from '../application/release-overrides.ts';
import type { Context } from './context.ts';
import { unknownMessage } from './inputs.ts';

/** The kind of entity that each field names, and the code of a fault in it. */
const NAMES: Readonly<Record<UnknownName['field'], readonly [what: string, code: string]>> = {
  collectionId: ['collection', 'UNKNOWN_COLLECTION'],
  genreIds: ['genre', 'UNKNOWN_GENRE'],
  keywordIds: ['keyword', 'UNKNOWN_KEYWORD'],
  productionCompanyIds: ['company', 'UNKNOWN_COMPANY'],
  productionCountryCodes: ['country', 'UNKNOWN_COUNTRY'],
  originCountryCodes: ['country', 'UNKNOWN_COUNTRY'],
  releases: ['country', 'UNKNOWN_COUNTRY'],
  spokenLanguageCodes: ['language', 'UNKNOWN_LANGUAGE'],
};

/** Returns a refusal as the schema's types define it. */
export function refusalOf(refused: MovieRefusal | ReleaseRefusal, pathOf: PathOf): Refusal {
  switch (refused.kind) {
    case 'unknownNames':
      return invalid(
        refused.names.map(({ index, field, place, value }) => {
          const [what, code] = NAMES[field];
          const within = [...(place === null ? [] : [String(place)]), ...(field === 'releases' ? ['country'] : [])];
          const path = pathOf(index, 'input', field, ...within);
          return { path, message: unknownMessage(what, value), code };
        }),
      );
    case 'deleted': {
      const message = 'The movie is deleted: leave `fields` out to bring it back with all of them.';
      return invalid([{ path: ['fields'], message, code: 'DELETED' }]);
    }
    default:
      return refusedEntity('movie', refused, pathOf);
  }
}

/** Returns the movies as they are after a mutation. A movie that another client has deleted since is a deleted one. */
export async function changedMovies(
  { loaders, mutations }: Context,
  written: readonly Written[],
  selection: MovieSelection,
): Promise<readonly object[]> {
  const movies = await Promise.all(
    written.map(async (movie) => ({
      ...movie,
      movie: movie.deleted ? null : await loaders.movie.load(movie.id, selection),
    })),
  );
  const gone = movies.filter(({ movie, deleted }) => movie === null && !deleted).map(({ id }) => id);
  const versions = gone.length === 0 ? new Map<string, number>() : await mutations.versionsOf(gone);
  return movies.map(({ id, version, movie }) =>
    movie === null
      ? { __typename: 'DeletedMovie', id, version: versions.get(id) ?? version }
      : { __typename: 'Movie', ...movie },
  );
}

/** Returns a movie as it is after a mutation, or a refusal when another client has deleted it since a call that is repeated. */
export async function changedMovie(context: Context, written: Written, selection: MovieSelection): Promise<object> {
  const { id, version, deleted } = written;
  if (deleted) return { __typename: 'DeletedMovie', id, version };
  const movie = await context.loaders.movie.load(id, selection);
  return movie === null ? notFound('movie', id, ['id']) : { __typename: 'Movie', ...movie };
}
