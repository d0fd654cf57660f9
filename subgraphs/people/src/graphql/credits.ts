import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { FilmographyCredit as FilmographyCreditRow, PersonCredit } from '../application/credit-store.ts';
import type { Credit } from '../domain/credit.ts';
import { creditId } from '../domain/credit-id.ts';
import type { Context, MovieReference } from './context.ts';

const ofPerson = readingWhole<PersonCredit, Context>();
const ofFilmography = readingWhole<FilmographyCreditRow, Context>();

const id = (credit: Credit): string => creditId(credit);

export const CastCredit = { id: ofPerson(id), order: ofPerson(({ place }) => place) };

export const CrewCredit = { id: ofPerson(id) };

export const FilmographyCredit = {
  id: ofFilmography(id),
  order: ofFilmography(({ kind, place }) => (kind === 'cast' ? place : null)),
  movie: ofFilmography(({ movieId }): MovieReference => ({ id: movieId })),
};
