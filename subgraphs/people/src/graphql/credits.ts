import type { Credit } from '../domain/credit.ts';
import type { Context, MovieReference } from './context.ts';

const person = ({ personId }: Credit, _: unknown, { loaders }: Context) => loaders.person.load(personId);

export const CastCredit = { order: ({ place }: Credit): number => place, person };

export const CrewCredit = { person };

export const FilmographyCredit = {
  order: ({ kind, place }: Credit): number | null => (kind === 'cast' ? place : null),
  movie: ({ movieId }: Credit): MovieReference => ({ id: movieId }),
};
