/** What gateways are asked. */
export interface GatewayQuery {
  readonly name: string;
  /** The body of the request with this number. */
  body(number: number): string;
  /** Requests a second that every gateway keeps up with. */
  readonly steadyPerSecond: number;
  /** How many times the requests of Apollo Gateway are promised, with and without deduplication of equal queries in flight. */
  readonly promised: { readonly deduplicated: number; readonly each: number };
}

/** The alias that makes each operation of the cold query another; subgraphs answer all of them alike. */
export const COLD_ALIAS = /cold_\d+/g;

const DEEP = `
  fragment Critic on Critic { id handle name }
  fragment Review on Review { id text }
  fragment Film on Film { id title runtime budget showing ticketCents }
  query Deep {
    critics {
      ...Critic
      reviews {
        ...Review
        film {
          ...Film
          reviews { ...Review author { ...Critic reviews { ...Review film { ...Film } } } }
        }
      }
    }
    films {
      ...Film
      reviews { ...Review author { ...Critic reviews { ...Review film { ...Film } } } }
    }
  }`;

const always = (query: string) => {
  const body = JSON.stringify({ query });
  return () => body;
};

const NEVER_SLOWER = { deduplicated: 1, each: 1 };

export const GATEWAY_QUERIES: readonly GatewayQuery[] = [
  { name: 'deep', body: always(DEEP), steadyPerSecond: 20, promised: { deduplicated: 25, each: 6 } },
  {
    name: 'small',
    body: always('{ films(first: 1) { id title showing reviews { id } } }'),
    steadyPerSecond: 100,
    promised: { deduplicated: 5, each: 5 },
  },
  {
    name: 'entities',
    body: always('{ films(first: 1000) { id title showing ticketCents } }'),
    steadyPerSecond: 5,
    promised: NEVER_SLOWER,
  },
  {
    name: 'cold',
    body: (number) =>
      JSON.stringify({
        query: `{ films(first: 3) { cold_${number}: title showing reviews { id text author { id name handle } } } }`,
      }),
    steadyPerSecond: 20,
    promised: NEVER_SLOWER,
  },
  {
    name: 'mutation',
    body: always('mutation { addReview(filmId: "1", text: "Worth it.") { id text film { id title showing } } }'),
    steadyPerSecond: 100,
    promised: NEVER_SLOWER,
  },
  {
    name: 'root-field',
    body: always('{ me { id name } }'),
    steadyPerSecond: 100,
    promised: { deduplicated: 5, each: 5 },
  },
];
