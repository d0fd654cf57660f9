import { CoStarEdge } from './co-star-edge.ts';
import { CastCredit, FilmographyCredit } from './credits.ts';
import { Movie } from './movie.ts';
import { Person } from './person.ts';
import { Query } from './query.ts';

/** Every resolver of this subgraph, by the names of the schema. */
export const resolvers = { Query, Movie, Person, CastCredit, FilmographyCredit, CoStarEdge };
