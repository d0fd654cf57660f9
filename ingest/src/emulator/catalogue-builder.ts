import type { Catalogue, CatalogueMovie, CataloguePerson } from './catalogue.ts';
import type { RecordKind, RecordOf } from './catalogue-format.ts';
import { type CatalogueMedia, type CatalogueProvider, NO_MEDIA } from './catalogue-media.ts';
import { keywordNumbers, knownForDepartments } from './derived-values.ts';

/** An error in a record, alone or in relation to previous records. */
export class InvalidRecord extends Error {}

/** A movie while its records are read; the catalogue exposes it as read-only. */
type PartialMovie = {
  -readonly [Field in keyof CatalogueMovie]: CatalogueMovie[Field] extends readonly (infer Item)[]
    ? Item[]
    : CatalogueMovie[Field];
};

/**
 * Builds a catalogue record by record. A record may refer only to previous records, and a movie's releases, cast, crew and reviews
 * follow the movie.
 *
 * @returns functions that add a record, by kind (each throws {@link InvalidRecord}), and one that returns the catalogue
 */
export function createCatalogueBuilder() {
  const genres = new Map<number, string>();
  const countries = new Map<string, string>();
  const languages = new Map<string, { name: string; englishName: string }>();
  const collections = new Map<number, string>();
  const companies = new Map<number, string>();
  const people = new Map<number, CataloguePerson>();
  const providers = new Map<number, CatalogueProvider>();
  const movies = new Map<number, PartialMovie>();
  let headed = false;
  let movie: PartialMovie | undefined;
  let movieRecords = new Set<string>();

  function current(): PartialMovie {
    if (!movie) throw new InvalidRecord('there is no movie above it');
    return movie;
  }

  /** Rejects a duplicate part, job or review of a movie. */
  function onceInMovie(what: string, ...values: readonly unknown[]): void {
    const key = JSON.stringify([what, ...values]);
    if (movieRecords.has(key)) throw new InvalidRecord(`the movie has the same ${what} above it already`);
    movieRecords.add(key);
  }

  /** Adds an item to a list of the current movie's media. */
  function addMedia<List extends keyof CatalogueMedia>(list: List, item: CatalogueMedia[List][number]): void {
    const film = current();
    const media = film.media ?? NO_MEDIA;
    film.media = { ...media, [list]: [...media[list], item] };
  }

  const add: { readonly [Kind in RecordKind]: (values: RecordOf<Kind>) => void } = {
    catalogue: () => {
      if (headed) throw new InvalidRecord('there is one above it already');
      headed = true;
    },
    genre: ([id, name]) => addOnce(genres, id, name),
    country: ([code, name]) => addOnce(countries, code, name),
    language: ([code, name, englishName]) => addOnce(languages, code, { name, englishName }),
    collection: ([id, name]) => addOnce(collections, id, name),
    company: ([id, name]) => addOnce(companies, id, name),
    person: ([id, name, gender, facts]) => addOnce(people, id, { id, name, gender, ...(facts && { facts }) }),
    film: ([id, facts]) => {
      for (const genre of facts.genres) mustHave(genres, 'genre', genre);
      for (const company of facts.companies) mustHave(companies, 'company', company);
      for (const country of [...facts.countries, ...(facts.origin_countries ?? [])])
        mustHave(countries, 'country', country);
      for (const language of facts.languages) mustHave(languages, 'language', language);
      if (facts.collection !== undefined) mustHave(collections, 'collection', facts.collection);
      movie = { id, facts, releases: [], cast: [], crew: [], reviews: [] };
      movieRecords = new Set();
      addOnce(movies, id, movie);
    },
    release: ([country, certification, type, date]) => {
      current().releases.push({ country, certification, type, date });
    },
    cast: ([personId, character, order]) => {
      mustHave(people, 'person', personId);
      onceInMovie('cast', personId, character);
      current().cast.push({ personId, character, order });
    },
    crew: ([personId, department, job]) => {
      mustHave(people, 'person', personId);
      onceInMovie('crew', personId, department, job);
      current().crew.push({ personId, department, job });
    },
    review: ([author, rating, createdAt, content]) => {
      onceInMovie('review', author, createdAt);
      current().reviews.push({ author, rating, createdAt, content });
    },
    provider: ([id, name, logoPath]) => addOnce(providers, id, { id, name, logoPath }),
    image: ([kind, facts]) => {
      onceInMovie('image', kind, facts.path);
      addMedia('images', { kind, facts });
    },
    video: ([facts]) => {
      onceInMovie('video', facts.id);
      addMedia('videos', facts);
    },
    translation: ([language, country, texts]) => {
      mustHave(languages, 'language', language);
      onceInMovie('translation', language, country);
      addMedia('translations', { language, country, texts });
    },
    alternative_title: ([country, title, type]) => {
      onceInMovie('alternative title', country, title, type);
      addMedia('alternativeTitles', { country, title, type });
    },
    offer: ([country, kind, id, displayPriority]) => {
      const provider = providers.get(id);
      if (!provider) throw new InvalidRecord(`there is no provider ${id} above it`);
      onceInMovie('offer', country, kind, id);
      addMedia('offers', { country, kind, provider, displayPriority });
    },
    recommendation: ([id]) => {
      onceInMovie('recommendation', id);
      addMedia('recommendations', id);
    },
  };

  function build(): Catalogue {
    const departments = knownForDepartments(movies.values());
    return {
      genres,
      countries,
      languages,
      collections,
      companies,
      people,
      movies,
      keywordId: keywordNumbers(movies.values()),
      knownFor: (personId) => departments.get(personId),
      listed: () => movies.values(),
    };
  }

  return { add, build };
}

function addOnce<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (map.has(key)) throw new InvalidRecord(`${key} stands above it already`);
  map.set(key, value);
}

function mustHave<Key>(map: ReadonlyMap<Key, unknown>, kind: string, key: Key): void {
  if (!map.has(key)) throw new InvalidRecord(`there is no ${kind} ${key} above it`);
}
