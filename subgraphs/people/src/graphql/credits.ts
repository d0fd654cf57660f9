import type { Credit } from '../domain/credit.ts';
import type { MovieReference } from './context.ts';

export const CastCredit = { order: ({ place }: Credit): number => place };

export const FilmographyCredit = {
  order: ({ kind, place }: Credit): number | null => (kind === 'cast' ? place : null),
  movie: ({ movieId }: Credit): MovieReference => ({ id: movieId }),
};
