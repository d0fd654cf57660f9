import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

interface Node {
  readonly __typename: string;
  readonly nodeId: string;
}
type Nodes = readonly (Node | null)[];

const nodeId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64url');

const NODES = `query ($nodeIds: [ID!]!) {
  nodes(nodeIds: $nodeIds) {
    __typename
    nodeId
    ... on Movie { title rating { voteCount } }
    ... on Person { name }
    ... on Review { content }
    ... on Collection { name }
  }
}`;

/** Tests `node` and `nodes` for entities of all subgraphs. */
export function nodeTests(running: () => Stack): void {
  describe('nodes', () => {
    let stack: Stack;
    let graphql: Graphql;
    let reviewId: string;
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
      reviewId = await eventually(async () => {
        const { movie } = await graphql<{ movie: { reviews: { edges: { node: { id: string } }[] } } }>(
          '{ movie(id: "603") { reviews(first: 1) { edges { node { id } } } } }',
        );
        return (movie.reviews.edges[0] as { node: { id: string } }).node.id;
      });
    });

    const nodesOf = async (nodeIds: readonly string[]) => (await graphql<{ nodes: Nodes }>(NODES, { nodeIds })).nodes;
    const nodeOf = async (id: string, selection: string) =>
      (await graphql<{ node: object | null }>(`query ($id: ID!) { node(nodeId: $id) { ${selection} } }`, { id })).node;

    test('of all subgraphs are found in the order of their ids, by one request to each', async () => {
      const ids = [
        nodeId('Person', '6384'),
        nodeId('Movie', '603'),
        nodeId('Person', '0'),
        nodeId('Review', reviewId),
        nodeId('Collection', '2344'),
        nodeId('Movie', '0'),
        nodeId('Nothing', '603'),
        nodeId('Person', '6384'),
      ];
      const requests = () => stack.counter('gateway', 'marquee_subgraph_requests_total');
      const before = await requests();
      const nodes = await nodesOf(ids);
      assert.equal((await requests()) - before, 3);
      assert.deepEqual(
        nodes.map((node) => node && [node.__typename, node.nodeId]),
        [
          ['Person', ids[0]],
          ['Movie', ids[1]],
          null,
          ['Review', ids[3]],
          ['Collection', ids[4]],
          null,
          null,
          ['Person', ids[7]],
        ],
      );
    });

    test('have the `nodeId` under which they are found, wherever they are selected', async () => {
      const { movie } = await graphql<{ movie: Record<string, never> }>(`{ movie(id: "603") {
        nodeId collection { nodeId } directors { nodeId } cast(first: 1) { edges { node { person { nodeId } } } }
        reviews(first: 1) { edges { node { nodeId movie { nodeId } } } }
      } }`);
      const ids = [...JSON.stringify(movie).matchAll(/"nodeId":"([^"]+)"/g)].map(([, id]) => id as string);
      assert.equal(ids.length, 7);
      assert.deepEqual(
        (await nodesOf(ids)).map((node) => node?.nodeId),
        ids,
      );
    });

    for (const type of ['Movie', 'Person', 'Review', 'Genre', 'Company', 'Keyword', 'Collection']) {
      test(`${type}: null for an id that none has`, async () => {
        const id = nodeId(type, '0');
        for (const selection of ['nodeId', '__typename', `... on ${type} { id }`, `... on ${type} { id nodeId }`]) {
          assert.equal(await nodeOf(id, selection), null, selection);
        }
      });
    }

    test('a deleted person is null', async () => {
      const { createPerson: created } = await graphql<{ createPerson: Node & { id: string; version: number } }>(
        'mutation { createPerson(input: { name: "Jane Node" }) { ... on Person { nodeId id version } } }',
      );
      assert.deepEqual(await nodeOf(created.nodeId, '... on Person { name }'), { name: 'Jane Node' });
      await graphql(
        'mutation ($id: ID!, $version: Int!) { deletePerson(id: $id, version: $version) { ... on DeletedPerson { id } } }',
        { id: created.id, version: created.version },
      );
      assert.equal(await nodeOf(created.nodeId, 'nodeId'), null);
    });

    test('a hidden review is null until it is released', async () => {
      const { node } = await graphql<{ node: { version: number } }>(
        'query ($id: ID!) { node(nodeId: $id) { ... on Review { version } } }',
        { id: nodeId('Review', reviewId) },
      );
      const change = (field: string, type: string, version: number) =>
        graphql<Record<string, { version: number }>>(
          `mutation ($id: ID!, $version: Int!) { ${field}(id: $id, version: $version) { ... on ${type} { version } } }`,
          { id: reviewId, version },
        );
      const { deleteReview: hidden } = await change('deleteReview', 'DeletedReview', node.version);
      assert.equal(await nodeOf(nodeId('Review', reviewId), 'nodeId'), null);
      await change('releaseReview', 'ReleasedReview', hidden?.version as number);
      assert.deepEqual(await nodeOf(nodeId('Review', reviewId), 'nodeId'), { nodeId: nodeId('Review', reviewId) });
    });
  });
}
