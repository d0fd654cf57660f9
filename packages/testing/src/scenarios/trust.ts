import assert from 'node:assert/strict';
import { it } from 'node:test';
import { migratedSubgraphDatabase } from '../subgraph-database.ts';
import { dataOf, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** Tests that a deployed subgraph's process answers the gateway alone. */
export function itAnswersTheGatewayAlone({ main, ...schema }: Subgraph): void {
  it('answers the gateway alone, and shows its health to everybody', async () => {
    const database = await migratedSubgraphDatabase(schema);
    const subgraph = await startSubgraph(main, ['serve'], database.env);
    try {
      assert.deepEqual(dataOf(await subgraph.ask('{ __typename }')), { __typename: 'Query' });
      const query = `/graphql?query=${encodeURIComponent('{ _service { sdl } }')}`;
      const refused = await subgraph.get(query);
      assert.equal(refused.status, 401);
      assert.match(await refused.text(), /UNTRUSTED_REQUEST/);
      assert.equal((await subgraph.get('/readyz')).status, 200);
    } finally {
      assert.equal(await subgraph.stop(), 0);
      await database.drop();
    }
  });
}
