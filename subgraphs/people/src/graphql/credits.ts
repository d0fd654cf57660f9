import type { Credit } from '../domain/credit.ts';
import { creditId } from '../domain/credit-id.ts';
import type { MovieReference } from './context.ts';

const id = (credit: Credit): string => creditId(credit);

export const CastCredit = { id, order: ({ place }: Credit): number => place };

export const CrewCredit = { id };

export const FilmographyCredit = {
  id,
  order: ({ kind, place }: Credit): number | null => (kind === 'cast' ? place : null),
  movie: ({ movieId }: Credit): MovieReference => ({ id: movieId }),
};
