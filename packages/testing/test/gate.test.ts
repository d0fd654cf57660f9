import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../src/eventually.ts';
import { openGate } from '../src/gate.ts';

async function echoServer(t: TestContext) {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gate = await openGate(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(async () => {
    await gate.shut();
    server.close();
  });
  const dial = async () => {
    const socket = connect(Number(new URL(gate.url).port), '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return { gate, dial };
}

it('a frozen gate accepts connections and passes their data on when it opens', async (t) => {
  const { gate, dial } = await echoServer(t);
  const before = await dial();
  before.write('one');
  assert.equal(String((await once(before, 'data'))[0]), 'one');
  gate.freeze();
  const during = await dial();
  const texts = { before: '', during: '' };
  before.on('data', (chunk) => {
    texts.before += chunk;
  });
  during.on('data', (chunk) => {
    texts.during += chunk;
  });
  before.write('two');
  during.write('three');
  await sleep(200);
  assert.deepEqual(texts, { before: '', during: '' });
  await gate.open();
  await eventually(async () => assert.deepEqual(texts, { before: 'two', during: 'three' }));
});

it('a gate that is shut breaks connections and refuses new ones, until it opens at the same address', async (t) => {
  const { gate, dial } = await echoServer(t);
  const socket = await dial();
  const broken = once(socket, 'close');
  await gate.shut();
  await gate.shut();
  await broken;
  await assert.rejects(dial(), { code: 'ECONNREFUSED' });
  await gate.open();
  (await dial()).destroy();
});
