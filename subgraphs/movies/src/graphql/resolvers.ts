import type { ResolversOf } from '@marquee/subgraph/execution/selected-facts';
import { scalarResolvers } from '@marquee/subgraph/scalars';
import type { Objects } from './facts.ts';
import { Movie } from './movie.ts';
import { Collection, Company, Genre, Keyword } from './movie-groups.ts';
import { MovieImage, MovieVideo, WatchOptions, WatchProvider } from './movie-media.ts';
import { Mutation } from './mutation.ts';
import { Person, Review } from './node.ts';
import { Query } from './query.ts';
import { MovieEvent, Subscription } from './subscription.ts';

/** Resolvers by type of the schema; other fields are the properties of their names. */
export const resolvers = {
  ...scalarResolvers,
  Query,
  Mutation,
  Subscription,
  MovieEvent,
  Movie,
  Genre,
  Keyword,
  Company,
  Collection,
  MovieImage,
  MovieVideo,
  WatchOptions,
  WatchProvider,
  Person,
  Review,
} satisfies ResolversOf<Objects>;
