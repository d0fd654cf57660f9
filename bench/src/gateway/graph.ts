// biome-ignore lint/suspicious/noExplicitAny: sources and arguments are those of the schema beside it.
type Resolver = (source: any, args: any) => unknown;

/** A subgraph of the bench: small, with facts that never change. */
export interface BenchSubgraph {
  readonly typeDefs: string;
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>>>>;
}

interface Film {
  readonly id: string;
  readonly title: string;
  readonly runtime: number;
  readonly budget: number;
}

interface Review {
  readonly id: string;
  readonly text: string;
  readonly filmId: string;
  readonly criticId: string;
}

const FILMS: readonly Film[] = Array.from({ length: 1_000 }, (_, index) => ({
  id: String(index + 1),
  title: `The Film of the Year ${1_000 + index}`,
  runtime: 80 + (index % 60),
  budget: 1_000_000 * (1 + (index % 90)),
}));

const CRITICS = Array.from({ length: 6 }, (_, index) => ({
  id: String(index + 1),
  name: `Critic Number ${index + 1}`,
  handle: `critic${index + 1}`,
}));

/** Letters in each review: four of the first film, four of the second, one of each of three more. */
const LENGTHS = [445, 300, 290, 150, 445, 300, 290, 150, 150, 150, 860];
const REVIEWS: readonly Review[] = LENGTHS.map((length, index) => ({
  id: String(index + 1),
  text: `Review ${index + 1}: ${'a long evening of light and shade, and worth every minute; '.repeat(20)}`.slice(
    0,
    length,
  ),
  filmId: String(index < 4 ? 1 : index < 8 ? 2 : index - 5),
  criticId: String(1 + (index % 2)),
}));

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

/**
 * Four subgraphs of films, critics, reviews and what is on in cinemas. Their objects refer to one another in circles, so that a deep query comes by
 * the same entities again and again, as it does with related data.
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
  films: {
    typeDefs: `${FEDERATION}
      type Query { films(first: Int = 5): [Film] }
      type Film @key(fields: "id") { id: ID! title: String runtime: Int budget: Int }`,
    resolvers: {
      Query: { films: (_, { first }) => FILMS.slice(0, first) },
      Film: { __resolveReference: ({ id }: { id: string }) => FILMS[Number(id) - 1] },
    },
  },
  cinemas: {
    typeDefs: `${FEDERATION}
      type Film @key(fields: "id") {
        id: ID! runtime: Int @external budget: Int @external
        showing: Boolean
        ticketCents: Int @requires(fields: "runtime budget")
      }`,
    resolvers: {
      Film: {
        __resolveReference: (reference: unknown) => reference,
        showing: (film: Film) => Number(film.id) % 2 === 1,
        ticketCents: (film: Film) => 800 + film.runtime + film.budget / 1_000_000,
      },
    },
  },
  reviews: {
    typeDefs: `${FEDERATION}
      type Mutation { addReview(filmId: ID!, text: String!): Review }
      type Review @key(fields: "id") { id: ID! text: String film: Film author: Critic @provides(fields: "handle") }
      type Film @key(fields: "id") { id: ID! reviews: [Review] }
      type Critic @key(fields: "id") { id: ID! handle: String @external reviews: [Review] }`,
    resolvers: {
      Mutation: { addReview: (_, { filmId, text }) => ({ id: '12', text, filmId, criticId: '1' }) },
      Review: {
        __resolveReference: ({ id }: { id: string }) => REVIEWS.find((review) => review.id === id),
        film: (review: Review) => ({ id: review.filmId }),
        author: (review: Review) => ({ id: review.criticId, handle: `critic${review.criticId}` }),
      },
      Film: {
        __resolveReference: (reference: unknown) => reference,
        reviews: (film: Film) => REVIEWS.filter(({ filmId }) => filmId === film.id),
      },
      Critic: { __resolveReference: (reference: unknown) => reference, reviews: () => REVIEWS.slice(0, 2) },
    },
  },
};
