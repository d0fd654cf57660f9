import { MarqueeError } from '@marquee/runtime/errors';
import { z } from 'zod';
import { type Catalogue, type CatalogueMovie, type CataloguePerson, plainMovie } from './catalogue.ts';
import { movieFacts, personFacts, RECORDS } from './catalogue-format.ts';

const [personId, character, order] = RECORDS.cast.def.items;
const [, department, job] = RECORDS.crew.def.items;
const [country, certification, type, date] = RECORDS.release.def.items;
const [author, rating, createdAt, content] = RECORDS.review.def.items;
const [, name, gender] = RECORDS.person.def.items;

const movieSchema = z.strictObject({
  facts: movieFacts,
  releases: z.array(z.strictObject({ country, certification, type, date })).max(1_000),
  cast: z.array(z.strictObject({ personId, character, order })).max(5_000),
  crew: z.array(z.strictObject({ personId, department, job })).max(5_000),
  reviews: z.array(z.strictObject({ author, rating, createdAt, content })).max(10_000),
});

/** Schema of a change of a movie: lists replace those of the movie, and facts its facts of the same name. */
export const movieChangeSchema = movieSchema.partial().extend({ facts: movieFacts.partial().optional() });

/** Schema of a change of a person; facts replace those of the same name. */
export const personChangeSchema = z.strictObject({ name, gender, facts: personFacts.partial() }).partial();

/** Returns a movie after a change; one without previous values needs all facts. @throws MarqueeError `INVALID_CHANGE` */
export function changedMovie(
  catalogue: Catalogue,
  id: number,
  change: z.output<typeof movieChangeSchema>,
): CatalogueMovie {
  const found = catalogue.movies.get(id);
  const previous = found ? plainMovie(found) : { releases: [], cast: [], crew: [], reviews: [] };
  const movie = { ...previous, ...change, facts: { ...('facts' in previous ? previous.facts : {}), ...change.facts } };
  const { id: _id, ...values } = movie as typeof movie & { id?: number };
  const result = movieSchema.loose().safeParse(values);
  if (!result.success) throw invalidChange(z.prettifyError(result.error));
  const { facts, cast, crew } = result.data;
  for (const credit of [...cast, ...crew]) mustHave(catalogue.people.get(credit.personId), `person ${credit.personId}`);
  for (const genre of facts.genres) mustHave(catalogue.genres.get(genre), `genre ${genre}`);
  for (const code of facts.countries) mustHave(catalogue.countries.get(code), `country ${code}`);
  for (const code of facts.languages) mustHave(catalogue.languages.get(code), `language ${code}`);
  for (const company of facts.companies) mustHave(catalogue.companies.get(company), `company ${company}`);
  if (facts.collection !== undefined) mustHave(catalogue.collections.get(facts.collection), 'such collection');
  return { ...result.data, id };
}

/** Returns a person after a change; one without previous values needs all of them. @throws MarqueeError `INVALID_CHANGE` */
export function changedPerson(
  catalogue: Catalogue,
  id: number,
  change: z.output<typeof personChangeSchema>,
): CataloguePerson {
  const previous = catalogue.people.get(id);
  const { name = previous?.name, gender = previous?.gender } = change;
  if (name === undefined || gender === undefined) throw invalidChange('a new person needs name and gender');
  return { id, name, gender, facts: { ...previous?.facts, ...change.facts } };
}

function mustHave(value: unknown, what: string): void {
  if (value === undefined) throw invalidChange(`the catalogue has no ${what}`);
}

function invalidChange(message: string): MarqueeError {
  return new MarqueeError('INVALID_CHANGE', message);
}
