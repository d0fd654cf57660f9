import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

const CALLS = 24;
/** Number of concurrent calls. */
const CLIENTS = 6;
/** Number of responses after which the subgraph is killed. */
const ANSWERED = 8;
/** Objects that each call creates in one transaction. */
const EACH = 3;

type Subgraph = 'movies' | 'people' | 'ratings';

interface Made {
  readonly made: {
    readonly __typename: string;
    readonly results?: readonly { readonly id: string; readonly version: number }[];
  };
}

/** A write in each subgraph, and the number of its results. */
interface Writing {
  readonly mutation: string;
  readonly changes: (call: number) => readonly object[];
  readonly count: () => Promise<number>;
  readonly after?: (ids: readonly string[]) => Promise<void>;
}

const things = Array.from({ length: EACH }, (_, index) => index);

/** Tests that clients repeat calls by idempotency key while the writing subgraph is killed. */
export function killedWriterTests(running: () => Stack): void {
  describe('a subgraph killed while clients write', () => {
    let stack: Stack;
    let graphql: Graphql;
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
    });

    async function totalCount(list: string): Promise<number> {
      const data = await graphql<Record<string, { totalCount: number }>>(`{ list: ${list}(first: 1) { totalCount } }`);
      return (data.list as { totalCount: number }).totalCount;
    }

    /** Repeats a call until it has a response. */
    async function call(query: string, variables: object, failed: unknown[]): Promise<Made['made']> {
      return eventually(async () => {
        try {
          return (await graphql<Made>(query, { ...variables })).made;
        } catch (error) {
          failed.push(error);
          throw error;
        }
      }, 60_000);
    }

    async function reviewable(): Promise<string[]> {
      type Page = { movies: { edges: { node: { id: string } }[] } };
      const { movies } = await graphql<Page>(`{ movies(first: ${CALLS * EACH}) { edges { node { id } } } }`);
      assert.equal(movies.edges.length, CALLS * EACH);
      return movies.edges.map(({ node }) => node.id);
    }

    async function writing(subgraph: Subgraph): Promise<Writing> {
      if (subgraph === 'movies') {
        return {
          mutation: `mutation ($changes: [MovieChange!]!, $key: String!) {
            made: changeMovies(changes: $changes, idempotencyKey: $key) {
              __typename ... on ChangedMovies { results { ... on Movie { id version } } }
            }
          }`,
          changes: (number) =>
            things.map((index) => ({ create: { title: `Kept ${number} ${index}`, genreIds: ['28'] } })),
          count: () => totalCount('movies'),
          // Ratings applies the changes of one transaction together.
          after: async (ids) => {
            const ratings = ids.map((movieId) => ({ movieId, value: 5 }));
            await eventually(async () => {
              const { rateMovies } = await graphql<{ rateMovies: { __typename: string } }>(
                'mutation ($ratings: [MovieRatingInput!]!) { rateMovies(ratings: $ratings) { __typename } }',
                { ratings },
              );
              assert.equal(rateMovies.__typename, 'RatedMovies');
            });
          },
        };
      }
      if (subgraph === 'people') {
        return {
          mutation: `mutation ($changes: [PersonChange!]!, $key: String!) {
            made: changePeople(changes: $changes, idempotencyKey: $key) {
              __typename ... on ChangedPeople { results { ... on Person { id version } } }
            }
          }`,
          changes: (number) => things.map((index) => ({ create: { name: `Kept ${number} ${index}` } })),
          count: () => totalCount('people'),
        };
      }
      const movies = await reviewable();
      return {
        mutation: `mutation ($changes: [ReviewChangeInput!]!, $key: String!) {
          made: changeReviews(changes: $changes, idempotencyKey: $key) {
            __typename ... on ChangedReviews { results { ... on Review { id version } } }
          }
        }`,
        changes: (number) =>
          things.map((index) => ({ create: { movieId: movies[number * EACH + index], content: `Kept ${number}` } })),
        count: async () => {
          const { moviesByIds } = await graphql<{ moviesByIds: { reviews: { totalCount: number } }[] }>(
            'query ($movies: [ID!]!) { moviesByIds(ids: $movies) { reviews(first: 1) { totalCount } } }',
            { movies },
          );
          return moviesByIds.reduce((sum, { reviews }) => sum + reviews.totalCount, 0);
        },
      };
    }

    for (const subgraph of ['movies', 'people', 'ratings'] as const) {
      test(`${subgraph}: each call has its whole effect once`, async () => {
        const { mutation, changes, count, after } = await writing(subgraph);
        const counted = await count();
        const failed: unknown[] = [];
        const made = new Map<string, Made['made']>();
        const calls = Array.from({ length: CALLS }, (_, number) => ({ changes: changes(number), key: randomUUID() }));
        const queue = [...calls];
        const client = async () => {
          for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            made.set(next.key, await call(mutation, next, failed));
            if (made.size === ANSWERED) process.kill(stack.addresses.processes[subgraph] as number, 'SIGKILL');
          }
        };
        await Promise.all(Array.from({ length: CLIENTS }, client));
        assert.ok(failed.length > 0, 'some calls were under way when it was killed');
        for (const { __typename, results } of made.values()) {
          assert.match(__typename, /^Changed/);
          assert.deepEqual(
            results?.map(({ version }) => version),
            things.map(() => 1),
          );
        }
        const ids = [...made.values()].flatMap(({ results = [] }) => results.map(({ id }) => id));
        assert.equal(new Set(ids).size, CALLS * EACH);
        assert.equal(await count(), counted + CALLS * EACH);
        // Repeated once more, each call returns its first result without an effect.
        for (const each of calls) assert.deepEqual(await call(mutation, each, []), made.get(each.key));
        assert.equal(await count(), counted + CALLS * EACH);
        await after?.(ids);
      });
    }
  });
}
