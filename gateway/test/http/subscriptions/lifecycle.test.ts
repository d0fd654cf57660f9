import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type EventReader, readEvents } from '../../fixtures/event-reader.ts';
import { type RunningEventSource, startEventSource } from '../../fixtures/event-source.ts';
import { type GatewayProcess, startGateway, temporarySupergraph, until } from '../../fixtures/gateway-process.ts';
import { AUDIENCE, createIssuer, ISSUER, temporaryFiles } from '../../fixtures/tokens.ts';

const QUERY = 'subscription { reviewAdded { id body } }';

let source: RunningEventSource;
let supergraph: ReturnType<typeof temporarySupergraph>;
let number = 0;

before(async () => {
  source = await startEventSource();
  supergraph = temporarySupergraph(source.supergraph());
});
after(async () => {
  await source?.stop();
  supergraph?.remove();
});

async function withGateway(env: Record<string, string>, use: (gateway: GatewayProcess) => Promise<void>) {
  const gateway = await startGateway(supergraph.file, env);
  try {
    await use(gateway);
  } finally {
    await gateway.stop();
    await until(() => source.open === 0);
  }
}

const subscribe = ({ url }: GatewayProcess, headers?: Record<string, string>) =>
  readEvents(`${url}/graphql`, { query: QUERY }, headers);

const publish = (body?: string) => source.publish({ id: `${++number}`, movieId: '1', ...(body && { body }) });

const errorOf = ({ events }: EventReader) => events.findLast(({ data }) => data?.errors)?.data?.errors?.[0]?.extensions;

test('a process that drains ends each subscription with the last event id, then exits', async () => {
  await withGateway({}, async (gateway) => {
    const readers = [await subscribe(gateway), await subscribe(gateway)];
    await until(() => source.open === 1);
    await publish();
    await until(() => readers.every(({ events }) => events.some(({ event }) => event === 'next')));
    assert.equal(await gateway.stop(), 0);
    for (const reader of readers) {
      await reader.ended;
      const { id } = reader.events.findLast((event) => event.id !== undefined) ?? {};
      assert.deepEqual(errorOf(reader), { code: 'SUBSCRIPTION_ENDED', lastEventId: id });
      assert.equal(reader.events.at(-1)?.event, 'complete');
    }
  });
});

test('another supergraph ends the subscriptions, and clients resume on it without a loss', async () => {
  await withGateway({}, async (gateway) => {
    const reader = await subscribe(gateway);
    await until(() => source.open === 1);
    await publish();
    writeFileSync(supergraph.file, source.supergraph('stars: Int other: String'));
    await reader.ended;
    const { code, lastEventId } = errorOf(reader) ?? {};
    assert.equal(code, 'SUBSCRIPTION_SCHEMA_RELOAD');
    await publish('missed');
    const resumed = await subscribe(gateway, { 'last-event-id': String(lastEventId) });
    await until(() => resumed.events.some(({ event }) => event === 'next'));
    assert.deepEqual(resumed.events.find(({ event }) => event === 'next')?.data?.data, {
      reviewAdded: { id: `${number}`, body: 'missed' },
    });
    resumed.close();
  });
});

test('subscriptions of a client and of the process are limited', async () => {
  await withGateway({ SUBSCRIPTION_MAX_PER_CLIENT: '2' }, async (gateway) => {
    const readers = [await subscribe(gateway), await subscribe(gateway)];
    const refused = await subscribe(gateway);
    await refused.ended;
    assert.equal(refused.status, 429);
    assert.match(refused.text(), /SUBSCRIPTION_LIMIT_EXCEEDED/);
    readers[0]?.close();
    await until(async () => (await gateway.metric('marquee_subscriptions_active{transport="sse"')) === 1);
    const next = await subscribe(gateway);
    assert.equal(next.status, 200);
    next.close();
    readers[1]?.close();
    assert.equal(await gateway.metric('marquee_subscriptions_refused_total{limit="client"'), 1);
  });
  await withGateway({ SUBSCRIPTION_MAX: '1' }, async (gateway) => {
    const reader = await subscribe(gateway);
    const refused = await subscribe(gateway);
    assert.equal(refused.status, 503);
    reader.close();
  });
});

test('a subscription ends when its token expires', async (t) => {
  const issuer = await createIssuer();
  const files = temporaryFiles({ key: issuer.pem });
  t.after(files.remove);
  const auth = { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE, AUTH_PUBLIC_KEY_FILE: files.path('key') };
  await withGateway(auth, async (gateway) => {
    const expiring = await issuer.token({ exp: Math.floor(Date.now() / 1_000) + 2 });
    const lasting = await issuer.token();
    const [first, second] = await Promise.all(
      [expiring, lasting].map((token) => subscribe(gateway, { authorization: `Bearer ${token}` })),
    );
    // One identity, whatever its tokens.
    await until(() => source.open === 1);
    await first?.ended;
    assert.equal(errorOf(first as EventReader)?.code, 'UNAUTHENTICATED');
    await publish();
    await until(() => second?.events.some(({ event }) => event === 'next') === true);
    second?.close();
    const refused = await subscribe(gateway, { authorization: 'Bearer wrong' });
    assert.equal(refused.status, 401);
  });
});

/** Subscribes on a connection that is never read. */
function subscribeWithoutReading({ url }: GatewayProcess): Socket {
  const { port } = new URL(url);
  const body = JSON.stringify({ query: QUERY });
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.pause();
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  socket.on('error', () => {});
  return socket;
}

test('a client that does not read is cut off, and the others get every event', async () => {
  await withGateway({ SUBSCRIPTION_BUFFER_BYTES: '1000000' }, async (gateway) => {
    const socket = subscribeWithoutReading(gateway);
    const reader = await subscribe(gateway);
    await until(async () => (await gateway.metric('marquee_subscriptions_active{transport="sse"')) === 2);
    const body = 'x'.repeat(50_000);
    for (let count = 1; count <= 300; count += 1) {
      await publish(body);
      if (count % 10 === 0) await until(() => reader.events.filter(({ event }) => event === 'next').length === count);
    }
    assert.equal(await gateway.metric('marquee_subscription_ends_total{reason="SUBSCRIPTION_SLOW_CLIENT"'), 1);
    assert.equal(await gateway.metric('marquee_subscriptions_active{transport="sse"'), 1);
    assert.ok(gateway.log().some(({ msg }) => msg === 'a client that reads too slowly is cut off'));
    reader.close();
    socket.destroy();
  });
});

test('a source without event ids is served, and its loss is an error', async (t) => {
  const plain = await startEventSource({ withoutIds: true });
  const file = temporarySupergraph(plain.supergraph());
  const gateway = await startGateway(file.file);
  t.after(async () => {
    await gateway.stop();
    await plain.stop();
    file.remove();
  });
  const reader = await subscribe(gateway);
  await until(() => plain.open === 1);
  await plain.publish({ id: '1', movieId: '1' });
  await until(() => reader.events.length === 1);
  assert.equal(reader.events[0]?.id, undefined);
  plain.breakStreams();
  await reader.ended;
  assert.deepEqual(errorOf(reader), { code: 'SUBSCRIPTION_UPSTREAM_LOST' });
});

test('invalid events of a subgraph end the subscription', async () => {
  for (const raw of ['event: next\ndata: no json\n\n', `data: ${'x'.repeat(5_000)}`, 'id: two words\n\n']) {
    const env = { SUBSCRIPTION_MAX_EVENT_LENGTH: '4096', SUBSCRIPTION_RECONNECT_MS: '0' };
    await withGateway(env, async (gateway) => {
      const reader = await subscribe(gateway);
      await until(() => source.open === 1);
      source.write(raw);
      await reader.ended;
      assert.equal(errorOf(reader)?.code, 'SUBSCRIPTION_UPSTREAM_LOST');
    });
  }
});

test('workers serve subscriptions', async () => {
  await withGateway({ WORKERS: '2' }, async (gateway) => {
    const readers = await Promise.all(Array.from({ length: 8 }, () => subscribe(gateway)));
    await until(() => source.open > 0);
    await publish();
    await until(() => readers.every(({ events }) => events.some(({ event }) => event === 'next')));
    for (const reader of readers) reader.close();
  });
});
