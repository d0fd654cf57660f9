import type { ChangePaths } from '@marquee/subgraph/mutations/changes';
import {
  invalid,
  KEY_REUSED,
  notFound,
  outdated,
  type Refusal as RefusalNode,
} from '@marquee/subgraph/mutations/refusal';
import type { MovieRefusal, UnknownName } from '../application/change-movies.ts';
import type { ChangedMovie, KeyReused } from '../application/movie-mutations.ts';
import type { MovieSelection } from '../application/movie-selection.ts';
import type { ReleaseRefusal } from '../application/release-overrides.ts';
import type { Context } from './context.ts';
import { unknownMessage } from './movie-input.ts';

/** What each field names, and the code of a fault in it. */
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

/** Why changes were refused, as the schema's types have it. @param paths where each change stands */
export function refusalOf(refused: MovieRefusal | KeyReused, paths: readonly ChangePaths[]): RefusalNode {
  if (refused.kind === 'keyReused') return KEY_REUSED;
  if (refused.kind === 'unknownNames') {
    return invalid(
      refused.names.map(({ index, field, place, value }) => {
        const [what, code] = NAMES[field];
        const within = [...(place === null ? [] : [String(place)]), ...(field === 'releases' ? ['country'] : [])];
        const at = [...(paths[index]?.input ?? []), field, ...within];
        return { path: at, message: unknownMessage(what, value), code };
      }),
    );
  }
  const { index, id } = refused;
  return refusedFilm(refused.kind === 'notFound' ? { id } : refused, paths[index] as ChangePaths);
}

/** Why a release was refused, as the schema's types have it. */
export function releaseRefusalOf(refused: ReleaseRefusal | KeyReused): RefusalNode {
  if (refused.kind === 'keyReused') return KEY_REUSED;
  if (refused.kind === 'deleted') {
    const message = 'The film is deleted: leave `fields` out to bring it back with all of them.';
    return invalid([{ path: ['fields'], message, code: 'DELETED' }]);
  }
  const { id } = refused;
  return refusedFilm(refused.kind === 'notFound' ? { id } : refused, { id: ['id'], version: ['version'] });
}

function refusedFilm(
  film: { readonly id: string; readonly currentVersion?: number },
  places: Pick<ChangePaths, 'id' | 'version'>,
): RefusalNode {
  const { id, currentVersion } = film;
  return currentVersion === undefined
    ? notFound('film', id, places.id)
    : outdated('film', id, currentVersion, places.version);
}

/**
 * Films as they are after a mutation, read anew: what was loaded before it may be out of date. A film that somebody has deleted since
 * is there as a deleted one.
 */
export async function changedMovies(
  context: Context,
  changed: readonly ChangedMovie[],
  selection: MovieSelection,
): Promise<readonly object[]> {
  context.loaders = context.createLoaders();
  const { loaders, mutations } = context;
  const movies = await Promise.all(
    changed.map(async (film) => ({
      ...film,
      movie: film.deleted ? null : await loaders.movie.load(film.id, selection),
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
