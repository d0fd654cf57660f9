import { userInputError } from '@marquee/subgraph/user-input-error';
import type { Members, MovieFilter, Range } from '../application/movie-filter.ts';
import { wordsFault } from '../domain/search-query.ts';
import { tmdbNumberOf } from './inputs.ts';

/** Maximum number of values in one list of a filter. */
const MAX_VALUES = 100;
/** Maximum number of values of `all`: each is a lookup of its own. */
const MAX_ALL = 10;

type Optional<Value> = Value | null | undefined;

interface MembersInput {
  readonly any?: Optional<readonly string[]>;
  readonly all?: Optional<readonly string[]>;
  readonly none?: Optional<readonly string[]>;
}

interface RangeInput<Value> {
  readonly min?: Optional<Value>;
  readonly max?: Optional<Value>;
}

/** `MovieFilter` of the schema. */
export interface MovieFilterInput {
  readonly genres?: Optional<MembersInput>;
  readonly genreIds?: Optional<readonly string[]>;
  readonly keywords?: Optional<MembersInput>;
  readonly companies?: Optional<MembersInput>;
  readonly productionCountries?: Optional<MembersInput>;
  readonly originCountries?: Optional<MembersInput>;
  readonly spokenLanguages?: Optional<MembersInput>;
  readonly originalLanguage?: Optional<string>;
  readonly originalLanguages?: Optional<readonly string[]>;
  readonly collectionIds?: Optional<readonly string[]>;
  readonly statuses?: Optional<readonly string[]>;
  readonly releasedFrom?: Optional<string>;
  readonly releasedTo?: Optional<string>;
  readonly releaseYear?: Optional<RangeInput<number>>;
  readonly runtime?: Optional<RangeInput<number>>;
  readonly budget?: Optional<RangeInput<number>>;
  readonly revenue?: Optional<RangeInput<number>>;
  readonly popularity?: Optional<RangeInput<number>>;
  readonly voteAverage?: Optional<RangeInput<number>>;
  readonly voteCount?: Optional<RangeInput<number>>;
  readonly weightedScore?: Optional<RangeInput<number>>;
  readonly adult?: Optional<boolean>;
  readonly video?: Optional<boolean>;
  readonly certification?: Optional<{ readonly country: string; readonly any: readonly string[] }>;
  readonly title?: Optional<string>;
}

/**
 * Converts a client's filter, in which null is the same as absent.
 *
 * @param includeAdult the default of the filter's field
 * @throws GraphQLError `BAD_USER_INPUT` with the field: a range with exchanged ends, a too long list, text that cannot be searched for
 */
export function movieFilterOf(input: MovieFilterInput, includeAdult = true): MovieFilter {
  return defined({
    genres: genresOf(input),
    keywords: membersOf('keywords', input.keywords, tmdbNumberOf),
    companies: membersOf('companies', input.companies, tmdbNumberOf),
    productionCountries: membersOf('productionCountries', input.productionCountries, codeOf),
    originCountries: membersOf('originCountries', input.originCountries, codeOf),
    spokenLanguages: membersOf('spokenLanguages', input.spokenLanguages, codeOf),
    originalLanguages: languagesOf(input),
    collections: valuesOf('collectionIds', input.collectionIds, tmdbNumberOf),
    statuses: valuesOf('statuses', input.statuses, codeOf),
    releaseDate: releaseDateOf(input),
    runtime: rangeOf('runtime', input.runtime),
    budget: rangeOf('budget', input.budget),
    revenue: rangeOf('revenue', input.revenue),
    popularity: rangeOf('popularity', input.popularity),
    voteAverage: rangeOf('voteAverage', input.voteAverage),
    voteCount: rangeOf('voteCount', input.voteCount),
    weightedScore: rangeOf('weightedScore', input.weightedScore),
    adult: input.adult ?? (includeAdult ? undefined : false),
    video: input.video ?? undefined,
    certification: certificationOf(input.certification),
    title: titleOf(input.title),
  });
}

function genresOf({ genres, genreIds }: MovieFilterInput): Members<number> | undefined {
  const members = membersOf('genres', genres, tmdbNumberOf);
  const ids = valuesOf('genreIds', genreIds, tmdbNumberOf);
  if (ids === undefined) return members;
  if (members?.any !== undefined)
    throw userInputError('Pass either `filter.genres.any` or `filter.genreIds`, not both.');
  return { ...members, any: ids };
}

function languagesOf({ originalLanguage, originalLanguages }: MovieFilterInput): readonly string[] | undefined {
  const languages = valuesOf('originalLanguages', originalLanguages, codeOf);
  if (originalLanguage == null) return languages;
  if (languages !== undefined) {
    throw userInputError('Pass either `filter.originalLanguages` or `filter.originalLanguage`, not both.');
  }
  return valuesOf('originalLanguage', [originalLanguage], codeOf);
}

/** Returns the intersection of the ranges of dates and years. */
function releaseDateOf({ releasedFrom, releasedTo, releaseYear }: MovieFilterInput): Range<string> | undefined {
  // Dates in this form can be compared as text.
  if (releasedFrom && releasedTo && releasedFrom > releasedTo) {
    throw userInputError('`filter.releasedFrom` is later than `filter.releasedTo`: exchange them.');
  }
  const years = rangeOf('releaseYear', releaseYear);
  for (const year of [years?.min, years?.max]) {
    if (year !== undefined && (year < 1 || year > 9999)) {
      throw userInputError('`filter.releaseYear` must lie between 1 and 9999.');
    }
  }
  const day = (year: number | undefined, rest: string) =>
    year === undefined ? [] : [`${String(year).padStart(4, '0')}-${rest}`];
  const from = [...(releasedFrom ? [releasedFrom] : []), ...day(years?.min, '01-01')].toSorted().at(-1);
  const to = [...(releasedTo ? [releasedTo] : []), ...day(years?.max, '12-31')].toSorted().at(0);
  return from === undefined && to === undefined ? undefined : defined({ min: from, max: to });
}

function certificationOf(input: MovieFilterInput['certification']): MovieFilter['certification'] {
  if (input == null) return undefined;
  const any = valuesOf('certification.any', input.any, codeOf) ?? [];
  const country = codeOf(input.country);
  return country === undefined ? { country: '', any: [] } : { country, any };
}

function titleOf(title: Optional<string>): string | undefined {
  if (title == null) return undefined;
  const fault = wordsFault('filter.title', title, 'title');
  if (fault !== undefined) throw userInputError(fault);
  return title;
}

function membersOf<Id extends string | number>(
  name: string,
  input: Optional<MembersInput>,
  idOf: (text: string) => Id | undefined,
): Members<Id> | undefined {
  if (input == null) return undefined;
  const all = valuesOf(`${name}.all`, input.all, (text) => text, MAX_ALL)?.map(idOf);
  const members = defined({
    any: valuesOf(`${name}.any`, input.any, idOf),
    none: valuesOf(`${name}.none`, input.none, idOf),
  });
  if (all === undefined) return members;
  const valid = all.filter((id) => id !== undefined);
  // No movie has a value that cannot exist.
  return valid.length < all.length ? { ...members, any: [] } : { ...members, all: valid };
}

/** Returns the ids that can exist. */
function valuesOf<Value>(
  name: string,
  texts: Optional<readonly string[]>,
  parse: (text: string) => Value | undefined,
  most = MAX_VALUES,
): readonly Value[] | undefined {
  if (texts == null) return undefined;
  if (texts.length > most) throw userInputError(`\`filter.${name}\` must have at most ${most} values.`);
  return [...new Set(texts)].map(parse).filter((value) => value !== undefined);
}

/** Removes names with U+0000, which Postgres cannot store, so no entity has them. */
function codeOf(text: string): string | undefined {
  return text.includes('\0') ? undefined : text;
}

function rangeOf(name: string, input: Optional<RangeInput<number>>): Range<number> | undefined {
  if (input == null) return undefined;
  const { min, max } = input;
  if (min != null && max != null && min > max) {
    throw userInputError(`\`filter.${name}.min\` is greater than \`filter.${name}.max\`: exchange them.`);
  }
  return defined({ min: min ?? undefined, max: max ?? undefined });
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Returns an object without its undefined fields. */
function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}
