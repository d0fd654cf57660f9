import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { MOVIES, movieOf } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const NODES = `query ($nodeIds: [ID!]!) {
  nodes(nodeIds: $nodeIds) {
    __typename
    nodeId
    ... on Movie { id title }
    ... on Genre { name }
    ... on Company { name }
    ... on Keyword { name }
    ... on Collection { name movies { totalCount } }
    ... on Person { id }
    ... on Review { id }
  }
}`;

let database: MoviesDatabase;
let movies: RunningSubgraph;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, [...MOVIES, movieOf('666', { title: 'An adult movie', adult: true })]);
  movies = await startSubgraph(['serve'], database.env);
});
after(async () => {
  await movies?.stop();
  await database.drop();
});

const nodesOf = async (nodeIds: readonly string[]) => dataOf(await movies.ask(NODES, { nodeIds })).nodes;

describe('Query.nodes', () => {
  it('finds every type, in the order of the ids', async () => {
    const ids = [
      encodeNodeId('Keyword', 83),
      encodeNodeId('Movie', '603'),
      encodeNodeId('Genre', 28),
      encodeNodeId('Collection', 2344),
      encodeNodeId('Company', 79),
      encodeNodeId('Movie', '129'),
    ];
    const nodes = await nodesOf(ids);
    assert.deepEqual(
      nodes.map(({ nodeId }: { nodeId: string }) => nodeId),
      ids,
    );
    const [keyword, movie, genre, collection, company] = nodes;
    assert.deepEqual([keyword.__typename, keyword.name], ['Keyword', 'saving the world']);
    assert.deepEqual([movie.__typename, movie.id, movie.title], ['Movie', '603', 'The Matrix']);
    assert.deepEqual([genre.__typename, genre.name], ['Genre', 'Action']);
    assert.deepEqual([collection.__typename, collection.movies.totalCount], ['Collection', 2]);
    assert.deepEqual([company.__typename, company.name], ['Company', 'Village Roadshow Pictures']);
  });

  it('reads movies by one statement, each once', async () => {
    const ids = ['603', '129', '603'].map((id) => encodeNodeId('Movie', id));
    const answer = await movies.ask(NODES, { nodeIds: ids });
    assert.deepEqual(
      dataOf(answer).nodes.map(({ id }: { id: string }) => id),
      ['603', '129', '603'],
    );
    assert.equal(answer.statements, 1);
  });

  it('refers to objects of other subgraphs by id', async () => {
    const person = encodeNodeId('Person', '6384');
    const review = encodeNodeId('Review', '0199f6f6-7a3c-7c0e-8d6f-2f6d1f0a9b11');
    const answer = await movies.ask(NODES, { nodeIds: [person, review] });
    assert.deepEqual(dataOf(answer).nodes, [
      { __typename: 'Person', nodeId: person, id: '6384' },
      { __typename: 'Review', nodeId: review, id: '0199f6f6-7a3c-7c0e-8d6f-2f6d1f0a9b11' },
    ]);
    assert.equal(answer.statements, 0);
  });

  it('is null where no object has the id', async () => {
    const ids = ['Movie:unknown', 'Genre:12345', 'Genre:028', 'Genre:99999999999', 'Country:US', 'constructor:1'];
    const encoded = ids.map((text) => Buffer.from(text).toString('base64url'));
    const nodes = await nodesOf([...encoded, '603', 'not a node id', '']);
    assert.deepEqual(
      nodes,
      nodes.map(() => null),
    );
    assert.equal(nodes.length, ids.length + 3);
  });

  it('finds a pornographic movie, as every field by id does', async () => {
    const [movie] = await nodesOf([encodeNodeId('Movie', '666')]);
    assert.equal(movie.title, 'An adult movie');
  });

  it('takes at most 100 ids', async () => {
    const ids = Array.from({ length: 101 }, (_, id) => encodeNodeId('Movie', id));
    assert.equal((await nodesOf(ids.slice(1))).length, 100);
    assert.equal(codeOf(await movies.ask(NODES, { nodeIds: ids })), 'BAD_USER_INPUT');
  });
});

describe('Query.node', () => {
  it('finds an object by the `nodeId` that it has elsewhere', async () => {
    const { movie } = dataOf(
      await movies.ask('{ movie(id: "603") { nodeId genres { nodeId } collection { nodeId } } }'),
    );
    for (const { nodeId } of [movie, movie.genres[0], movie.collection]) {
      const { node } = dataOf(
        await movies.ask('query ($nodeId: ID!) { node(nodeId: $nodeId) { nodeId } }', { nodeId }),
      );
      assert.deepEqual(node, { nodeId });
    }
  });

  it('is null for an id that no movie has', async () => {
    const nodeId = encodeNodeId('Movie', '1');
    const query = 'query ($nodeId: ID!) { node(nodeId: $nodeId) { __typename } movie(id: "1") { id } }';
    assert.deepEqual(dataOf(await movies.ask(query, { nodeId })), { node: null, movie: null });
  });
});
