/** The graph of the bench: events that refer to an entity of another subgraph. */
export const TICKS_SCHEMA = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { topics: Int }
  type Subscription { tick(topic: Int!): Tick }
  type Tick { n: Int at: Float text: String movie: Movie }
  type Movie @key(fields: "id") { id: ID! }`;

export const MOVIES_SCHEMA = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { movie(id: ID!): Movie }
  type Movie @key(fields: "id") { id: ID! title: String }`;

/** The same graph in one server. */
export const PLAIN_SCHEMA = `
  type Query { topics: Int }
  type Subscription { tick(topic: Int!): Tick }
  type Tick { n: Int at: Float text: String movie: Movie }
  type Movie { id: ID! title: String }`;

export const QUERY = 'subscription Tick($topic: Int!) { tick(topic: $topic) { n at text movie { id title } } }';

export interface Tick {
  /** Number within its topic, from 1. */
  readonly n: number;
  /** Time of its publication, in ms since the epoch. */
  readonly at: number;
  readonly text: string;
  readonly movie: { readonly __typename: 'Movie'; readonly id: string };
}

export const TEXT = 'a long evening of light and shade, and worth every minute; '.repeat(4);

export const titleOf = (id: string): string => `The Movie of the Year ${id}`;

/** Returns the time in ms since the epoch, finer than a millisecond. */
export const now = (): number => performance.timeOrigin + performance.now();
