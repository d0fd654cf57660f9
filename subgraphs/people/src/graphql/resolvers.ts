import type { ResolversOf } from '@marquee/subgraph/execution/selected-facts';
import { scalarResolvers } from '@marquee/subgraph/scalars';
import { CoStarEdge } from './co-star-edge.ts';
import { CastCredit, CrewCredit, FilmographyCredit } from './credits.ts';
import type { Objects } from './facts.ts';
import { Movie } from './movie.ts';
import { Mutation } from './mutation.ts';
import { Person } from './person.ts';
import { PersonImage } from './person-image.ts';
import { Query } from './query.ts';
import { PersonEvent, Subscription } from './subscription.ts';

const { DateTime, LocalDate } = scalarResolvers;

/** Every resolver of this subgraph, by the names of the schema. */
export const resolvers = {
  Query,
  Mutation,
  Subscription,
  PersonEvent,
  Movie,
  Person,
  PersonImage,
  CastCredit,
  CrewCredit,
  FilmographyCredit,
  CoStarEdge,
  DateTime,
  LocalDate,
} satisfies ResolversOf<Objects>;
