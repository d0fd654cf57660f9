import { selectList } from '@marquee/postgres/select-list';
import type { EditableDetails, PersonExternalIds, SharedFacts } from '../domain/person-details.ts';

type ColumnsOf<Facts> = Readonly<Record<string, readonly [type: string, property: keyof Facts & string]>>;

/** The columns of facts that `persons` and `person_details` both have, with type and property. */
export const SHARED_COLUMNS: ColumnsOf<SharedFacts> = {
  name: ['text', 'name'],
  gender: ['text', 'gender'],
  known_for_department: ['text', 'knownForDepartment'],
  profile_path: ['text', 'profilePath'],
  popularity: ['double precision', 'popularity'],
  adult: ['boolean', 'adult'],
};

/** The columns of ids on other sites, with type and property. */
export const EXTERNAL_ID_COLUMNS: ColumnsOf<PersonExternalIds> = {
  freebase_mid: ['text', 'freebaseMid'],
  freebase_id: ['text', 'freebaseId'],
  tvrage_id: ['integer', 'tvrageId'],
  wikidata_id: ['text', 'wikidataId'],
  facebook_id: ['text', 'facebookId'],
  instagram_id: ['text', 'instagramId'],
  tiktok_id: ['text', 'tiktokId'],
  twitter_id: ['text', 'twitterId'],
  youtube_id: ['text', 'youtubeId'],
};

/** Select list of the editable details `d`. */
export const EDITABLE_COLUMNS = selectList<EditableDetails>({
  imdbId: 'd.imdb_id',
  biography: 'd.biography',
  birthday: 'd.birthday',
  deathday: 'd.deathday',
  placeOfBirth: 'd.place_of_birth',
  homepage: 'd.homepage',
  alsoKnownAs: `coalesce(d.also_known_as, '{}')`,
});

/** Select list of the ids on other sites of details `d`. */
export const EXTERNAL_IDS = Object.entries(EXTERNAL_ID_COLUMNS)
  .map(([column, [, property]]) => `d.${column} as "${property}"`)
  .join(', ');
