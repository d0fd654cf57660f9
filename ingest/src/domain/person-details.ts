import { toGender } from './gender.ts';
import type { TmdbPerson, TmdbPersonTranslation, TmdbProfile } from './tmdb-person.ts';

/** The payload of an event with a person's details. */
export type PersonDetails = ReturnType<typeof toPersonDetails>;

/** Converts TMDb's body of a person to an event's payload; unknown values are null. Other names occur once, in TMDb's order. */
export function toPersonDetails(person: TmdbPerson) {
  const ids = person.external_ids;
  return {
    personId: String(person.id),
    tmdbId: person.id,
    imdbId: person.imdb_id,
    name: person.name,
    adult: person.adult ?? false,
    biography: person.biography,
    birthday: person.birthday,
    deathday: person.deathday,
    gender: toGender(person.gender),
    placeOfBirth: person.place_of_birth,
    alsoKnownAs: [...new Set(person.also_known_as)],
    homepage: person.homepage,
    knownForDepartment: person.known_for_department,
    popularity: person.popularity,
    profilePath: person.profile_path,
    externalIds: {
      freebaseMid: ids?.freebase_mid ?? null,
      freebaseId: ids?.freebase_id ?? null,
      tvrageId: ids?.tvrage_id ?? null,
      wikidataId: ids?.wikidata_id ?? null,
      facebookId: ids?.facebook_id ?? null,
      instagramId: ids?.instagram_id ?? null,
      tiktokId: ids?.tiktok_id ?? null,
      twitterId: ids?.twitter_id ?? null,
      youtubeId: ids?.youtube_id ?? null,
    },
    images: person.images.map(toImage),
    translations: person.translations.map(toTranslation),
  };
}

/** Without votes the average is null, although TMDb has 0. */
function toImage(profile: TmdbProfile) {
  const voteCount = profile.vote_count ?? 0;
  return {
    path: profile.file_path,
    width: profile.width,
    height: profile.height,
    aspectRatio: profile.aspect_ratio,
    language: profile.iso_639_1,
    voteAverage: voteCount === 0 ? null : profile.vote_average,
    voteCount,
  };
}

function toTranslation({ iso_639_1, iso_3166_1, name, english_name, data }: TmdbPersonTranslation) {
  return {
    language: iso_639_1,
    country: iso_3166_1,
    languageName: name,
    englishName: english_name,
    biography: data?.biography ?? null,
    name: data?.name ?? null,
  };
}
