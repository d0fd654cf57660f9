import type { Catalogue, CatalogueMovie } from './catalogue.ts';
import { hexId } from './derived-values.ts';

/** Returns functions that create TMDb's bodies from a catalogue. Missing values are TMDb's unknown: `0`, `""`, null or an empty list. */
export function createTmdbBodies(catalogue: Catalogue) {
  function details({ id, facts }: CatalogueMovie) {
    return {
      adult: false,
      backdrop_path: null,
      belongs_to_collection: facts.collection === undefined ? null : collection(facts.collection),
      budget: facts.budget,
      genres: facts.genres.map((genre) => ({ id: genre, name: catalogue.genres.get(genre) })),
      homepage: facts.homepage ?? '',
      id,
      imdb_id: facts.imdb_id ?? null,
      origin_country: facts.origin_countries ?? [],
      original_language: facts.original_language,
      original_title: facts.original_title ?? facts.title,
      overview: facts.overview ?? '',
      popularity: facts.popularity,
      poster_path: null,
      production_companies: facts.companies.map((company) => ({
        id: company,
        logo_path: null,
        name: catalogue.companies.get(company),
        origin_country: '',
      })),
      production_countries: facts.countries.map((code) => ({ iso_3166_1: code, name: catalogue.countries.get(code) })),
      release_date: facts.release_date,
      revenue: facts.revenue,
      runtime: facts.runtime,
      softcore: false,
      spoken_languages: facts.languages.map((code) => {
        const language = catalogue.languages.get(code);
        return { english_name: language?.englishName, iso_639_1: code, name: language?.name };
      }),
      status: facts.status,
      tagline: facts.tagline ?? '',
      title: facts.title,
      video: false,
      vote_average: facts.vote_average,
      vote_count: facts.vote_count,
    };
  }

  function collection(id: number) {
    return { id, name: catalogue.collections.get(id), poster_path: null, backdrop_path: null };
  }

  function listItem({ id, facts }: CatalogueMovie) {
    return {
      adult: false,
      backdrop_path: null,
      genre_ids: facts.genres,
      id,
      original_language: facts.original_language,
      original_title: facts.original_title ?? facts.title,
      overview: facts.overview ?? '',
      popularity: facts.popularity,
      poster_path: null,
      release_date: facts.release_date,
      softcore: false,
      title: facts.title,
      video: false,
      vote_average: facts.vote_average,
      vote_count: facts.vote_count,
    };
  }

  function credits({ id, cast, crew }: CatalogueMovie) {
    return {
      cast: cast.map(({ personId, character, order }, index) => ({
        ...credited(personId),
        cast_id: index + 1,
        character,
        credit_id: hexId('cast', id, personId, character),
        order,
      })),
      crew: crew.map(({ personId, department, job }) => ({
        ...credited(personId),
        credit_id: hexId('crew', id, personId, department, job),
        department,
        job,
      })),
    };
  }

  function credited(personId: number) {
    const person = catalogue.people.get(personId);
    return {
      adult: false,
      gender: person?.gender,
      id: personId,
      known_for_department: catalogue.knownFor(personId),
      name: person?.name,
      original_name: person?.name,
      popularity: 0,
      profile_path: null,
    };
  }

  function reviews({ id, reviews }: CatalogueMovie) {
    return reviews.map(({ author, rating, createdAt, content }) => {
      const reviewId = hexId('review', id, author, createdAt);
      return {
        author,
        author_details: { name: '', username: author.toLowerCase().replaceAll(' ', '-'), avatar_path: null, rating },
        content,
        created_at: createdAt,
        id: reviewId,
        updated_at: createdAt,
        url: `https://www.themoviedb.org/review/${reviewId}`,
      };
    });
  }

  function keywords({ facts }: CatalogueMovie) {
    return { keywords: facts.keywords.map((name) => ({ id: catalogue.keywordId(name), name })) };
  }

  function externalIds({ facts }: CatalogueMovie) {
    return {
      imdb_id: facts.imdb_id ?? null,
      wikidata_id: facts.wikidata_id ?? null,
      facebook_id: null,
      instagram_id: null,
      twitter_id: null,
    };
  }

  function releaseDates({ releases }: CatalogueMovie) {
    const byCountry = Map.groupBy(releases, ({ country }) => country);
    return {
      results: [...byCountry].map(([country, inCountry]) => ({
        iso_3166_1: country,
        release_dates: inCountry.map(({ certification, type, date }) => ({
          certification,
          descriptors: [],
          iso_639_1: '',
          note: '',
          release_date: `${date}T00:00:00.000Z`,
          type,
        })),
      })),
    };
  }

  return { details, listItem, credits, reviews, keywords, externalIds, releaseDates };
}
