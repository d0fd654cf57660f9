import type { OURS } from './gateway-names.ts';

/** A query for gateways. */
export interface GatewayQuery {
  readonly name: string;
  /** Returns the body of the request with this number. */
  body(number: number): string;
  /** Requests per second that every gateway can serve. */
  readonly steadyPerSecond: number;
  /** Target multiples of Apollo Gateway's requests per second. */
  readonly promised: Readonly<Record<(typeof OURS)[number], number>>;
}

/** An alias that makes each operation of the cold query distinct; subgraphs return the same for all of them. */
export const COLD_ALIAS = /cold_\d+/g;

const DEEP = `
  fragment Critic on Critic { id handle name }
  fragment Review on Review { id text }
  fragment Movie on Movie { id title runtime budget showing ticketCents }
  query Deep {
    critics {
      ...Critic
      reviews {
        ...Review
        movie {
          ...Movie
          reviews { ...Review author { ...Critic reviews { ...Review movie { ...Movie } } } }
        }
      }
    }
    movies {
      ...Movie
      reviews { ...Review author { ...Critic reviews { ...Review movie { ...Movie } } } }
    }
  }`;

const always = (query: string) => {
  const body = JSON.stringify({ query });
  return () => body;
};

const promise = (
  [marquee, marqueeEach]: readonly [number, number],
  [compiled, compiledEach]: readonly [number, number],
): GatewayQuery['promised'] => ({
  Marquee: marquee,
  'Marquee, no dedup': marqueeEach,
  // Apollo Server's lifecycle costs what it costs `CompiledGateway`.
  'Marquee, plugins, no dedup': compiledEach,
  CompiledGateway: compiled,
  'CompiledGateway, no dedup': compiledEach,
});

const NEVER_SLOWER = promise([1, 1], [1, 1]);

export const GATEWAY_QUERIES: readonly GatewayQuery[] = [
  { name: 'deep', body: always(DEEP), steadyPerSecond: 20, promised: promise([25, 6], [25, 5]) },
  {
    name: 'small',
    body: always('{ movies(first: 1) { id title showing reviews { id } } }'),
    steadyPerSecond: 100,
    promised: promise([5, 5], [2.5, 2.5]),
  },
  {
    name: 'entities',
    body: always('{ movies(first: 1000) { id title showing ticketCents } }'),
    steadyPerSecond: 5,
    promised: NEVER_SLOWER,
  },
  {
    name: 'cold',
    body: (number) =>
      JSON.stringify({
        query: `{ movies(first: 3) { cold_${number}: title showing reviews { id text author { id name handle } } } }`,
      }),
    steadyPerSecond: 20,
    promised: NEVER_SLOWER,
  },
  {
    name: 'mutation',
    body: always('mutation { addReview(movieId: "1", text: "Worth it.") { id text movie { id title showing } } }'),
    steadyPerSecond: 100,
    promised: NEVER_SLOWER,
  },
  {
    name: 'root-field',
    body: always('{ me { id name } }'),
    steadyPerSecond: 100,
    promised: promise([5, 5], [2.5, 2.5]),
  },
];
