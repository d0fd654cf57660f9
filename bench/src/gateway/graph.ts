// biome-ignore lint/suspicious/noExplicitAny: sources and arguments have the types of the schema below.
type Resolver = (source: any, args: any) => unknown;

/** A small subgraph of the bench with constant data. */
export interface BenchSubgraph {
  readonly typeDefs: string;
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>>>>;
}

interface Movie {
  readonly id: string;
  readonly title: string;
  readonly runtime: number;
  readonly budget: number;
}

interface Review {
  readonly id: string;
  readonly text: string;
  readonly movieId: string;
  readonly criticId: string;
}

const MOVIES: readonly Movie[] = Array.from({ length: 1_000 }, (_, index) => ({
  id: String(index + 1),
  title: `The Movie of the Year ${1_000 + index}`,
  runtime: 80 + (index % 60),
  budget: 1_000_000 * (1 + (index % 90)),
}));

const CRITICS = Array.from({ length: 6 }, (_, index) => ({
  id: String(index + 1),
  name: `Critic Number ${index + 1}`,
  handle: `critic${index + 1}`,
}));

/** Length of each review: four of the first movie, four of the second, and one each of three more. */
const LENGTHS = [445, 300, 290, 150, 445, 300, 290, 150, 150, 150, 860];
const REVIEWS: readonly Review[] = LENGTHS.map((length, index) => ({
  id: String(index + 1),
  text: `Review ${index + 1}: ${'a long evening of light and shade, and worth every minute; '.repeat(20)}`.slice(
    0,
    length,
  ),
  movieId: String(index < 4 ? 1 : index < 8 ? 2 : index - 5),
  criticId: String(1 + (index % 2)),
}));

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

/**
 * Four subgraphs: movies, critics, reviews and cinema showings. Their objects refer to one another in cycles, so that a deep query
 * contains the same entities repeatedly, as with related data.
 */
export const SUBGRAPHS: Readonly<Record<string, BenchSubgraph>> = {
  critics: {
    typeDefs: `${FEDERATION}
      type Query { me: Critic critics: [Critic] }
      type Critic @key(fields: "id") { id: ID! name: String handle: String @shareable }`,
    resolvers: {
      Query: { me: () => CRITICS[0], critics: () => CRITICS },
      Critic: { __resolveReference: ({ id }: { id: string }) => CRITICS.find((critic) => critic.id === id) },
    },
  },
  movies: {
    typeDefs: `${FEDERATION}
      type Query { movies(first: Int = 5): [Movie] }
      type Movie @key(fields: "id") { id: ID! title: String runtime: Int budget: Int }`,
    resolvers: {
      Query: { movies: (_, { first }) => MOVIES.slice(0, first) },
      Movie: { __resolveReference: ({ id }: { id: string }) => MOVIES[Number(id) - 1] },
    },
  },
  cinemas: {
    typeDefs: `${FEDERATION}
      type Movie @key(fields: "id") {
        id: ID! runtime: Int @external budget: Int @external
        showing: Boolean
        ticketCents: Int @requires(fields: "runtime budget")
      }`,
    resolvers: {
      Movie: {
        __resolveReference: (reference: unknown) => reference,
        showing: (movie: Movie) => Number(movie.id) % 2 === 1,
        ticketCents: (movie: Movie) => 800 + movie.runtime + movie.budget / 1_000_000,
      },
    },
  },
  reviews: {
    typeDefs: `${FEDERATION}
      type Mutation { addReview(movieId: ID!, text: String!): Review }
      type Review @key(fields: "id") { id: ID! text: String movie: Movie author: Critic @provides(fields: "handle") }
      type Movie @key(fields: "id") { id: ID! reviews: [Review] }
      type Critic @key(fields: "id") { id: ID! handle: String @external reviews: [Review] }`,
    resolvers: {
      Mutation: { addReview: (_, { movieId, text }) => ({ id: '12', text, movieId, criticId: '1' }) },
      Review: {
        __resolveReference: ({ id }: { id: string }) => REVIEWS.find((review) => review.id === id),
        movie: (review: Review) => ({ id: review.movieId }),
        author: (review: Review) => ({ id: review.criticId, handle: `critic${review.criticId}` }),
      },
      Movie: {
        __resolveReference: (reference: unknown) => reference,
        reviews: (movie: Movie) => REVIEWS.filter(({ movieId }) => movieId === movie.id),
      },
      Critic: { __resolveReference: (reference: unknown) => reference, reviews: () => REVIEWS.slice(0, 2) },
    },
  },
};
