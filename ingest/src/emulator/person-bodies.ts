import type { Catalogue, CataloguePerson } from './catalogue.ts';

/** Returns functions that create TMDb's bodies of persons from a catalogue. Missing values are TMDb's unknown: `""`, null or an empty list. */
export function createPersonBodies(catalogue: Catalogue) {
  function person({ id, name, gender, facts = {} }: CataloguePerson) {
    return {
      adult: false,
      also_known_as: facts.also_known_as ?? [],
      biography: facts.biography ?? '',
      birthday: facts.birthday ?? null,
      deathday: facts.deathday ?? null,
      gender,
      homepage: facts.homepage ?? null,
      id,
      imdb_id: facts.imdb_id ?? null,
      known_for_department: catalogue.knownFor(id) ?? '',
      name,
      place_of_birth: facts.place_of_birth ?? null,
      popularity: 0,
      profile_path: null,
    };
  }

  function externalIds({ facts = {} }: CataloguePerson) {
    return {
      freebase_mid: null,
      freebase_id: null,
      imdb_id: facts.imdb_id ?? null,
      tvrage_id: null,
      wikidata_id: null,
      facebook_id: null,
      instagram_id: null,
      tiktok_id: null,
      twitter_id: null,
      youtube_id: null,
      ...facts.external_ids,
    };
  }

  function images({ facts = {} }: CataloguePerson) {
    return {
      profiles: (facts.images ?? []).map(({ iso_639_1 = null, ...image }) => ({
        ...image,
        aspect_ratio: image.height === 0 ? 0 : Math.round((image.width / image.height) * 1_000) / 1_000,
        iso_639_1,
      })),
    };
  }

  function translations({ facts = {} }: CataloguePerson) {
    return {
      translations: (facts.translations ?? []).map(({ biography, translated_name = '', ...language }) => ({
        ...language,
        data: { biography, name: translated_name },
      })),
    };
  }

  return { person, externalIds, images, translations };
}
