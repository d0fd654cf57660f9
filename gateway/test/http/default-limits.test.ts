import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const CRITICS = ['1', '2'];

/** Schemas without `@listSize`. */
const PARTS: Record<string, GraphPart> = {
  critics: {
    schema: `type Query { critics: [Critic] } type Critic @key(fields: "id") { id: ID! name: String paper: String @shareable }`,
    resolvers: {
      Query: { critics: () => CRITICS.map((id) => ({ id })) },
      Critic: { __resolveReference: (critic) => critic, name: ({ id }) => `critic ${id}`, paper: () => 'Sight' },
    },
  },
  notices: {
    schema: `type Notice @key(fields: "id") { id: ID! text: String movie: Movie critic: Critic @provides(fields: "paper") }
      type Critic @key(fields: "id") { id: ID! paper: String @external notices: [Notice] }
      type Movie @key(fields: "id") { id: ID! notices: [Notice] }`,
    resolvers: {
      Critic: { __resolveReference: (critic) => critic, notices: ({ id }) => [{ id: `${id}-f` }] },
      Movie: { __resolveReference: (movie) => movie, notices: () => CRITICS.map((id) => ({ id: `${id}-f` })) },
      Notice: {
        text: ({ id }) => `text ${id}`,
        movie: () => ({ id: 'f' }),
        critic: ({ id }) => ({ id: id.split('-')[0], paper: 'Sight' }),
      },
    },
  },
  movies: {
    schema: `type Query { best(first: Int = 5): [Movie] } type Movie @key(fields: "id") { id: ID! title: String minutes: Int }`,
    resolvers: {
      Query: { best: () => [{ id: 'f' }] },
      Movie: { __resolveReference: (movie) => movie, title: () => 'Playtime', minutes: () => 155 },
    },
  },
  halls: {
    schema: `type Movie @key(fields: "id") { id: ID! minutes: Int @external showings: Int @requires(fields: "minutes") }`,
    resolvers: {
      Movie: { __resolveReference: (movie) => movie, showings: ({ minutes }) => Math.floor(720 / minutes) },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph(PARTS);
});
after(() => graph?.stop());

test('four nested lists of unknown size pass the default limits', async () => {
  const { data, errors } = await graph.query(`{
      critics { ...Critic notices { ...Notice movie { ...Movie notices { ...Notice critic { ...Critic
        notices { ...Notice movie { ...Movie } } } } } } }
      best { ...Movie notices { ...Notice critic { ...Critic notices { ...Notice movie { ...Movie } } } } } }
    fragment Critic on Critic { id name paper }
    fragment Notice on Notice { id text }
    fragment Movie on Movie { id title minutes showings }`);
  assert.equal(errors, undefined);
  const movie = { id: 'f', title: 'Playtime', minutes: 155, showings: 4 };
  const notice = (id: string) => ({ id: `${id}-f`, text: `text ${id}-f` });
  const critic = (id: string) => ({ id, name: `critic ${id}`, paper: 'Sight' });
  const written = (id: string) => ({
    ...notice(id),
    critic: { ...critic(id), notices: [{ ...notice(id), movie }] },
  });
  assert.deepEqual(data, {
    critics: CRITICS.map((id) => ({
      ...critic(id),
      notices: [{ ...notice(id), movie: { ...movie, notices: CRITICS.map(written) } }],
    })),
    best: [{ ...movie, notices: CRITICS.map(written) }],
  });
});

test('five nested lists exceed them', async () => {
  const { errors } = await graph.query(
    '{ critics { notices { movie { notices { critic { notices { movie { notices { id } } } } } } } } }',
  );
  assert.equal(errors?.[0]?.extensions.code, 'COST_LIMIT_EXCEEDED');
});
