import type { Page } from '@marquee/subgraph/connection';
import { createFieldLoader, createLoader, type FieldLoader, type Loader } from '@marquee/subgraph/loader';
import type {
  CastFilter,
  CoStar,
  CreditStore,
  CrewFilter,
  FilmographyCredit,
  FilmographyFilter,
  FilmographyOrder,
  PersonCredit,
} from '../application/credit-store.ts';
import type { PersonDetailsStore } from '../application/person-details-store.ts';
import type { PersonStore } from '../application/person-store.ts';
import { readCreditId } from '../domain/credit-id.ts';
import { creditRefKey } from '../domain/credit-overrides.ts';
import type { Person } from '../domain/person.ts';
import { NO_DETAILS, type PersonDetails, type PersonImage, type PersonTranslation } from '../domain/person-details.ts';
import type { PersonOverride } from '../domain/person-overrides.ts';

/** Batched reads by movie or person id: each is one statement for all ids of a request with equal arguments. */
export interface Loaders {
  readonly person: Loader<Person | null>;
  readonly personVersion: Loader<number>;
  readonly personEdits: Loader<PersonOverride['edited']>;
  readonly personDetails: Loader<PersonDetails>;
  readonly images: FieldLoader<{ page: Page }, readonly PersonImage[]>;
  readonly imageCount: Loader<number>;
  readonly translations: FieldLoader<{ page: Page }, readonly PersonTranslation[]>;
  readonly translationCount: Loader<number>;
  readonly translationsInto: FieldLoader<{ languages: readonly string[] }, readonly PersonTranslation[]>;
  /** By the credit's id for clients. */
  readonly credit: Loader<PersonCredit | null>;
  readonly cast: FieldLoader<{ filter: CastFilter; page: Page }, readonly PersonCredit[]>;
  readonly castCount: FieldLoader<CastFilter, number>;
  readonly crew: FieldLoader<{ filter: CrewFilter; page: Page }, readonly PersonCredit[]>;
  readonly crewCount: FieldLoader<CrewFilter, number>;
  readonly directors: Loader<readonly Person[]>;
  readonly filmography: FieldLoader<
    { filter: FilmographyFilter; order: FilmographyOrder; page: Page },
    readonly FilmographyCredit[]
  >;
  readonly filmographyCount: FieldLoader<FilmographyFilter, number>;
  readonly coStars: FieldLoader<{ includeAdult: boolean; page: Page }, readonly CoStar[]>;
  readonly coStarCount: FieldLoader<{ includeAdult: boolean }, number>;
}

const none = () => [];
const zero = () => 0;

/** Returns the loaders of one request: they cache what they read. */
export function createLoaders(persons: PersonStore, details: PersonDetailsStore, credits: CreditStore): Loaders {
  return {
    person: createLoader<Person | null>(
      (ids) => persons.findMany(ids),
      () => null,
    ),
    personVersion: createLoader((ids) => persons.versions(ids), zero),
    personEdits: createLoader<PersonOverride['edited']>(
      (ids) => persons.edits(ids),
      () => ({}),
    ),
    personDetails: createLoader<PersonDetails>(
      (ids) => details.findMany(ids),
      () => NO_DETAILS,
    ),
    images: createFieldLoader((ids, { page }) => details.images(ids, page), none),
    imageCount: createLoader((ids) => details.countImages(ids), zero),
    translations: createFieldLoader((ids, { page }) => details.translations(ids, page), none),
    translationCount: createLoader((ids) => details.countTranslations(ids), zero),
    translationsInto: createFieldLoader((ids, { languages }) => details.translationsInto(ids, languages), none),
    credit: createLoader<PersonCredit | null>(
      async (ids) => {
        const refs = ids.map(readCreditId);
        const found = await credits.findMany(refs.filter((ref) => ref !== null));
        return new Map(
          ids.map((id, index) => [id, (refs[index] && found.get(creditRefKey(refs[index]))) ?? null] as const),
        );
      },
      () => null,
    ),
    cast: createFieldLoader((ids, { filter, page }) => credits.cast(ids, filter, page), none),
    castCount: createFieldLoader((ids, filter) => credits.countCast(ids, filter), zero),
    crew: createFieldLoader((ids, { filter, page }) => credits.crew(ids, filter, page), none),
    crewCount: createFieldLoader((ids, filter) => credits.countCrew(ids, filter), zero),
    directors: createLoader<readonly Person[]>((ids) => credits.directors(ids), none),
    filmography: createFieldLoader(
      (ids, { filter, order, page }) => credits.filmographies(ids, filter, order, page),
      none,
    ),
    filmographyCount: createFieldLoader((ids, filter) => credits.countFilmographies(ids, filter), zero),
    coStars: createFieldLoader((ids, { includeAdult, page }) => credits.coStars(ids, includeAdult, page), none),
    coStarCount: createFieldLoader((ids, { includeAdult }) => credits.countCoStars(ids, includeAdult), zero),
  };
}
