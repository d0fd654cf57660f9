import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@override"])';

let graph: ServedGraph;
before(async () => {
  const from = (subgraph: string) => () => subgraph;
  graph = await startGraph(
    {
      old: {
        schema: `${LINK} type Query { movie: Movie }
          type Movie @key(fields: "id") { id: ID! title: String plot: String half: String }`,
        resolvers: {
          Query: { movie: () => ({ id: '1' }) },
          Movie: { title: from('old'), plot: from('old'), half: from('old') },
        },
      },
      new: {
        schema: `${LINK} type Movie @key(fields: "id") {
          id: ID!
          title: String @override(from: "old", label: "beta")
          plot: String @override(from: "old", label: "gamma")
          half: String @override(from: "old", label: "percent(50)") }`,
        resolvers: {
          Movie: { __resolveReference: (movie) => movie, title: from('new'), plot: from('new'), half: from('new') },
        },
      },
    },
    { OVERRIDE_LABELS: 'beta' },
  );
});
after(() => graph?.stop());

test('configured labels are enabled, others disabled', async () => {
  const { data } = await graph.query('{ movie { title plot } }');
  assert.deepEqual(data, { movie: { title: 'new', plot: 'old' } });
});

test('a percentage label applies to its share of the requests', async () => {
  const answers: unknown[] = [];
  for (let request = 0; request < 60; request += 1) {
    const { data } = await graph.query('{ movie { half } }');
    answers.push((data as { movie: { half: string } }).movie.half);
  }
  // One run in 2 ** 59 fails by chance.
  assert.deepEqual(new Set(answers), new Set(['old', 'new']));
});
