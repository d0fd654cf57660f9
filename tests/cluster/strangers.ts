import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Cluster, NAMESPACE } from './cluster.ts';
import { create, run } from './pods.ts';

const STRANGERS = 'strangers';
const GUARDED = ['movies:4001', 'people:4002', 'ratings:4003', 'postgres:5432', 'kafka:9092', 'tmdb-emulator:4010'];

/** Prints for each address whether a connection succeeds within 3 seconds. */
const CONNECT = `
const { connect } = require('node:net');
const reach = (address) => new Promise((resolve) => {
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port), timeout: 3000 });
  const end = (reached) => { socket.destroy(); resolve([address, reached]); };
  socket.on('connect', () => end(true)).on('timeout', () => end(false)).on('error', () => end(false));
});
Promise.all(process.env.ADDRESSES.split(' ').map(reach)).then((all) => console.log(JSON.stringify(Object.fromEntries(all))));
`;

/** Tests that unauthorized clients cannot connect. */
export function strangerTests(running: () => Cluster): void {
  describe('strangers', () => {
    before(() => create(running(), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: STRANGERS } }));
    after(() => running().kubectl('delete', 'namespace', STRANGERS, '--wait'));

    for (const namespace of [STRANGERS, NAMESPACE]) {
      test(`a pod of the namespace ${namespace} reaches the gateway, and no subgraph, database or broker`, async () => {
        const full = (address: string) => address.replace(':', `.${NAMESPACE}.svc.cluster.local:`);
        const output = await run(running(), {
          name: 'stranger',
          namespace,
          script: CONNECT,
          env: { ADDRESSES: [...GUARDED, 'gateway:4000'].map(full).join(' ') },
        });
        const expected = [...GUARDED.map((address) => [full(address), false]), [full('gateway:4000'), true]];
        assert.deepEqual(JSON.parse(output), Object.fromEntries(expected));
      });
    }
  });
}
