import { type FieldsByTypeName, parseResolveInfo, type ResolveTree } from 'graphql-parse-resolve-info';
import type { MovieFact, MovieSelection } from '../application/movie-selection.ts';

/** The facts that each field of `Movie` is made of; lists have statements of their own, by the film's id. */
const FACTS: Readonly<Record<string, MovieSelection>> = {
  tmdbId: ['tmdbId'],
  imdbId: ['imdbId'],
  title: ['title'],
  originalTitle: ['originalTitle'],
  originalLanguage: ['originalLanguage'],
  overview: ['overview'],
  tagline: ['tagline'],
  status: ['status'],
  releaseDate: ['releaseDate'],
  runtime: ['runtime'],
  budget: ['budget'],
  revenue: ['revenue'],
  homepage: ['homepage'],
  popularity: ['popularity'],
  posterUrl: ['posterPath'],
  backdropUrl: ['backdropPath'],
  collection: ['collectionId'],
  externalIds: ['imdbId', 'wikidataId', 'facebookId', 'instagramId', 'twitterId'],
  adult: ['adult'],
  softcore: ['softcore'],
  video: ['video'],
  observedAt: ['observedAt'],
  updatedAt: ['updatedAt'],
  version: ['version'],
};

/** What graphql-js tells a resolver of the operation. */
export type ResolveInfo = Parameters<typeof parseResolveInfo>[0];

/**
 * What was found before. The nodes of a field are one array for all films, and all runs of an operation, of which its conditions hold alike
 * (see `Plan` in docs/decisions/0013): a hundred references ask once.
 */
const selections = new WeakMap<ResolveInfo['fieldNodes'], Map<string, MovieSelection>>();

/**
 * What an operation asks of the films that lie at `path` below the field that is being resolved: `edges`, `node` of a connection.
 * Fragments, aliases and directives are seen through.
 */
export function movieSelectionOf(info: ResolveInfo, ...path: readonly string[]): MovieSelection {
  let found = selections.get(info.fieldNodes);
  if (found === undefined) {
    found = new Map();
    selections.set(info.fieldNodes, found);
  }
  const key = path.join('.');
  let selection = found.get(key);
  if (selection === undefined) {
    selection = readSelection(info, path);
    found.set(key, selection);
  }
  return selection;
}

function readSelection(info: ResolveInfo, path: readonly string[]): MovieSelection {
  const root = parseResolveInfo(info) as ResolveTree | null | undefined;
  let fields: readonly FieldsByTypeName[] = root ? [root.fieldsByTypeName] : [];
  for (const name of path) {
    fields = fields.flatMap((types) =>
      Object.values(types)
        .flatMap((byAlias) => Object.values(byAlias))
        .filter((field) => field.name === name)
        .map((field) => field.fieldsByTypeName),
    );
  }
  const facts = new Set<MovieFact>();
  for (const { Movie = {} } of fields) {
    for (const field of Object.values(Movie)) for (const fact of FACTS[field.name] ?? []) facts.add(fact);
  }
  return [...facts].toSorted();
}
