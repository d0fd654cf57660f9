import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { it } from 'node:test';
import { openGate } from '../src/gate.ts';

it('a gate that is shut breaks connections and refuses new ones, until it opens at the same address', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gate = await openGate(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const port = Number(new URL(gate.url).port);
  const dial = async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const socket = await dial();
  const broken = once(socket, 'close');
  await gate.shut();
  await gate.shut();
  await broken;
  await assert.rejects(dial(), { code: 'ECONNREFUSED' });
  await gate.open();
  (await dial()).destroy();
  await gate.shut();
  server.close();
});
