import { userInputError } from '@marquee/subgraph/user-input-error';
import type { CastFilter, CrewFilter, FilmographyFilter } from '../application/credit-store.ts';
import type { PersonFilter } from '../application/person-store.ts';

/** A coerced input object: all fields may be absent or null. */
export type Given<Fields> = { readonly [Field in keyof Fields]?: Fields[Field] | null } | null | undefined;

const MAX_VALUES = 50;
const MAX_TEXT_LENGTH = 200;

export type PersonFilterInput = Given<{
  department: string;
  gender: PersonFilter['gender'];
  name: string;
  popularity: { readonly min?: number | null; readonly max?: number | null };
}>;

export function personFilter(input: PersonFilterInput, includeAdult: boolean): PersonFilter {
  const words = input?.name ?? null;
  checkText('filter.name', words);
  const minPopularity = input?.popularity?.min ?? null;
  const maxPopularity = input?.popularity?.max ?? null;
  if (minPopularity !== null && maxPopularity !== null && minPopularity > maxPopularity) {
    throw userInputError('`filter.popularity.min` must not be greater than `max`.');
  }
  const { department = null, gender = null } = input ?? {};
  return { department, gender, words, minPopularity, maxPopularity, includeAdult };
}

export type CastFilterInput = Given<{ [Field in keyof CastFilter]: NonNullable<CastFilter[Field]> }>;

export function castFilter(input: CastFilterInput): CastFilter {
  const character = input?.character ?? null;
  checkText('filter.character', character);
  return { character, maxOrder: input?.maxOrder ?? null, gender: input?.gender ?? null };
}

export type CrewFilterInput = Given<{ [Field in keyof CrewFilter]: NonNullable<CrewFilter[Field]> }>;

/** Combines the filter with the arguments `department` and `job`. */
export function crewFilter(input: CrewFilterInput, department: string | null, job: string | null): CrewFilter {
  return {
    departments: oneOf('filter.departments', input?.departments, department),
    jobs: oneOf('filter.jobs', input?.jobs, job),
    gender: input?.gender ?? null,
  };
}

export type FilmographyFilterInput = Given<{
  kind: 'CAST' | 'CREW';
  departments: readonly string[];
  jobs: readonly string[];
  years: { readonly min?: number | null; readonly max?: number | null };
}>;

/** Combines the filter with the argument `department`. */
export function filmographyFilter(
  input: FilmographyFilterInput,
  department: string | null,
  includeAdult: boolean,
): FilmographyFilter {
  const kind = input?.kind ?? null;
  return {
    kind: kind === null ? null : kind === 'CAST' ? 'cast' : 'crew',
    departments: oneOf('filter.departments', input?.departments, department),
    jobs: oneOf('filter.jobs', input?.jobs, null),
    years: yearsOf(input?.years),
    includeAdult,
  };
}

function yearsOf(range: { readonly min?: number | null; readonly max?: number | null } | null | undefined) {
  const [min, max] = [range?.min ?? null, range?.max ?? null];
  for (const [name, year] of Object.entries({ min, max })) {
    if (year !== null && (year < 1 || year > 9_999)) {
      throw userInputError(`\`filter.years.${name}\` must be a year from 1 to 9999.`);
    }
  }
  if (min !== null && max !== null && min > max) {
    throw userInputError('`filter.years.min` must not be greater than `max`.');
  }
  return { min, max };
}

function oneOf(
  field: string,
  values: readonly string[] | null | undefined,
  only: string | null,
): readonly string[] | null {
  if (values === null || values === undefined) return only === null ? null : [only];
  if (values.length > MAX_VALUES) throw userInputError(`\`${field}\` must have at most ${MAX_VALUES} entries.`);
  return only === null ? values : values.filter((value) => value === only);
}

/**
 * Checks text to search for; null: none.
 *
 * @throws GraphQLError `BAD_USER_INPUT`: text that is blank or too long
 */
export function checkText(field: string, text: string | null): void {
  if (text === null) return;
  if (text.trim() === '') throw userInputError(`\`${field}\` is blank: pass at least one word of the name.`);
  if (text.length > MAX_TEXT_LENGTH) {
    throw userInputError(`\`${field}\` must be at most ${MAX_TEXT_LENGTH} characters long.`);
  }
}
