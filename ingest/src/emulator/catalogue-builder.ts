import type { Catalogue, CatalogueFilm, CataloguePerson } from './catalogue.ts';
import type { RecordKind, RecordOf } from './catalogue-format.ts';

/** A record that does not fit those above it. */
export class RecordMistake extends Error {}

/** Fills while its film is read; a catalogue shows it as read-only. */
type OpenFilm = {
  [Field in keyof CatalogueFilm]: CatalogueFilm[Field] extends readonly (infer Item)[] ? Item[] : CatalogueFilm[Field];
};

/**
 * Builds a catalogue record by record. A record may refer only to what stands above it, and a film's releases, cast, crew and reviews
 * follow the film.
 *
 * @returns what adds a record, by kind (each throws {@link RecordMistake}), and the catalogue they fill.
 */
export function createCatalogueBuilder() {
  const genres = new Map<number, string>();
  const countries = new Map<string, string>();
  const languages = new Map<string, { name: string; englishName: string }>();
  const collections = new Map<number, string>();
  const companies = new Map<number, string>();
  const people = new Map<number, CataloguePerson>();
  const films = new Map<number, OpenFilm>();
  let headed = false;
  let film: OpenFilm | undefined;
  let filmRecords = new Set<string>();

  function current(): OpenFilm {
    if (!film) throw new RecordMistake('there is no film above it');
    return film;
  }

  /** Within a film, a part or job of one person stands once. */
  function onceInFilm(what: string, ...values: readonly unknown[]): void {
    const key = JSON.stringify([what, ...values]);
    if (filmRecords.has(key)) throw new RecordMistake(`the film has the same ${what} above it already`);
    filmRecords.add(key);
  }

  const add: { readonly [Kind in RecordKind]: (values: RecordOf<Kind>) => void } = {
    catalogue: () => {
      if (headed) throw new RecordMistake('there is one above it already');
      headed = true;
    },
    genre: ([id, name]) => addOnce(genres, id, name),
    country: ([code, name]) => addOnce(countries, code, name),
    language: ([code, name, englishName]) => addOnce(languages, code, { name, englishName }),
    collection: ([id, name]) => addOnce(collections, id, name),
    company: ([id, name]) => addOnce(companies, id, name),
    person: ([id, name, gender]) => addOnce(people, id, { id, name, gender }),
    film: ([id, facts]) => {
      for (const genre of facts.genres) mustHave(genres, 'genre', genre);
      for (const company of facts.companies) mustHave(companies, 'company', company);
      for (const country of [...facts.countries, ...(facts.origin_countries ?? [])])
        mustHave(countries, 'country', country);
      for (const language of facts.languages) mustHave(languages, 'language', language);
      if (facts.collection !== undefined) mustHave(collections, 'collection', facts.collection);
      film = { id, facts, releases: [], cast: [], crew: [], reviews: [] };
      filmRecords = new Set();
      addOnce(films, id, film);
    },
    release: ([country, certification, type, date]) => {
      current().releases.push({ country, certification, type, date });
    },
    cast: ([personId, character, order]) => {
      mustHave(people, 'person', personId);
      onceInFilm('cast', personId, character);
      current().cast.push({ personId, character, order });
    },
    crew: ([personId, department, job]) => {
      mustHave(people, 'person', personId);
      onceInFilm('crew', personId, department, job);
      current().crew.push({ personId, department, job });
    },
    review: ([author, rating, createdAt, content]) => {
      onceInFilm('review', author, createdAt);
      current().reviews.push({ author, rating, createdAt, content });
    },
  };

  const catalogue: Catalogue = { genres, countries, languages, collections, companies, people, films };
  return { add, catalogue };
}

function addOnce<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (map.has(key)) throw new RecordMistake(`${key} stands above it already`);
  map.set(key, value);
}

function mustHave<Key>(map: ReadonlyMap<Key, unknown>, kind: string, key: Key): void {
  if (!map.has(key)) throw new RecordMistake(`there is no ${kind} ${key} above it`);
}
