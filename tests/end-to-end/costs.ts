import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { operation } from './operations.ts';
import type { Stack } from './stack.ts';

const SUBGRAPHS = ['movies', 'people', 'ratings'] as const;

interface Costs {
  /** Requests from the gateway to subgraphs. */
  readonly requests: number;
  /** SQL statements in all subgraphs. */
  readonly statements: number;
}

/** Settings that permit the large operations of these tests. */
export const forCosts = { MAX_COST: '1000000' };

/** Tests of the cost of operations: requests to subgraphs and SQL statements, by the processes' own metrics. */
export function costTests(running: () => Stack): void {
  describe('costs of operations', () => {
    let stack: Stack;
    before(() => {
      stack = running();
    });

    const requests = () => stack.counter('gateway', 'marquee_subgraph_requests_total');
    async function statements(): Promise<number> {
      const counts = await Promise.all(SUBGRAPHS.map((name) => stack.counter(name, 'marquee_sql_statements_total')));
      return counts.reduce((sum, count) => sum + count, 0);
    }

    /** Returns the minimum of a few runs: consumers send statements too. */
    async function costOf(query: string, variables: Record<string, unknown>): Promise<Costs> {
      const runs: Costs[] = [];
      for (let run = 0; run < 5; run++) {
        const before = { requests: await requests(), statements: await statements() };
        await stack.graphql(query, variables);
        runs.push({
          requests: (await requests()) - before.requests,
          statements: (await statements()) - before.statements,
        });
      }
      return {
        requests: Math.min(...runs.map((run) => run.requests)),
        statements: Math.min(...runs.map((run) => run.statements)),
      };
    }

    const limits: readonly { name: string; variables: Record<string, unknown>; requests: number }[] = [
      { name: 'Movie', variables: { id: '603' }, requests: 3 },
      { name: 'Person', variables: { id: '6384' }, requests: 3 },
      { name: 'TopRated', variables: {}, requests: 3 },
      { name: 'Browse', variables: {}, requests: 3 },
      { name: 'Search', variables: { text: 'matrix' }, requests: 2 },
    ];

    for (const { name, variables, requests: limit } of limits) {
      test(`${name}: at most ${limit} requests to subgraphs, and one SQL statement for each kind of object`, async (t) => {
        const costs = await costOf(operation(name), variables);
        t.diagnostic(`${name}: ${costs.requests} requests to subgraphs, ${costs.statements} SQL statements`);
        assert.ok(costs.requests <= limit, `${costs.requests} requests`);
        assert.ok(costs.requests >= 1 && costs.statements >= 1, 'the counters count');
      });
    }

    const pages: readonly { name: string; query: string }[] = [
      {
        name: 'movies with everything of all three subgraphs',
        query: `query ($first: Int!) {
          movies(first: $first) {
            totalCount
            edges { node {
              title genres { name } productionCompanies { name } productionCountries { name } spokenLanguages { name } keywords { name }
              collection { name } releases { date } directors { name }
              cast(first: $first) { totalCount edges { node { character person { name filmography(first: $first) { totalCount edges { node { job } } } } } } }
              crew(first: $first) { totalCount edges { node { job person { name } } } }
              rating { voteAverage } reviews(first: $first) { totalCount edges { node { content } } }
            } }
          }
        }`,
      },
      {
        name: 'the chart',
        query: `query ($first: Int!) {
          topRated(first: $first) { edges { node { title genres { name } directors { name } reviews(first: $first) { totalCount } } } }
        }`,
      },
      {
        name: 'a filmography with the movies of each, their casts and ratings',
        query: `query ($first: Int!) {
          people(first: $first) { edges { node { name filmography(first: $first) { edges { node {
            movie { title genres { name } rating { voteCount } cast(first: $first) { edges { node { person { name } } } } }
          } } } } } }
        }`,
      },
    ];

    for (const { name, query } of pages) {
      test(`${name}: as many SQL statements for 8 as for 40 of each`, async (t) => {
        const few = await costOf(query, { first: 8 });
        const many = await costOf(query, { first: 40 });
        t.diagnostic(`${name}: ${few.statements} SQL statements, ${few.requests} requests, for 8 and for 40 of each`);
        assert.deepEqual(many, few);
      });
    }
  });
}
