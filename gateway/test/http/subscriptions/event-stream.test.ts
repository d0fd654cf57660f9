import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'graphql-sse';
import { readEvents } from '../../fixtures/event-reader.ts';
import { type RunningEventSource, startEventSource } from '../../fixtures/event-source.ts';
import { type GatewayProcess, startGateway, temporarySupergraph, until } from '../../fixtures/gateway-process.ts';

const QUERY = 'subscription Reviews($movieId: ID) { reviewAdded(movieId: $movieId) { id movie { title } } }';

let source: RunningEventSource;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;
let number = 0;

before(async () => {
  source = await startEventSource();
  supergraph = temporarySupergraph(source.supergraph());
  gateway = await startGateway(supergraph.file, {
    SUBSCRIPTION_HEARTBEAT_MS: '200',
    SUBSCRIPTION_RECONNECT_MS: '3000',
    SUBSCRIPTION_SILENCE_MS: '1000',
    SUBSCRIPTION_REPLAY_EVENTS: '4',
  });
});
after(async () => {
  await gateway?.stop();
  await source?.stop();
  supergraph?.remove();
});

/** Publishes a review with the next number as its id. */
async function publish(movieId = '603'): Promise<string> {
  const id = `${++number}`;
  await source.publish({ id, movieId });
  return id;
}

const subscribe = (headers?: Record<string, string>, extensions?: unknown) =>
  readEvents(
    `${gateway.url}/graphql`,
    { query: QUERY, variables: { movieId: '603' }, ...(extensions !== undefined && { extensions }) },
    headers,
  );

const idsOf = ({ events }: Awaited<ReturnType<typeof readEvents>>) =>
  events
    .filter(({ event }) => event === 'next')
    .map(({ data }) => (data?.data as { reviewAdded: { id: string } } | undefined)?.reviewAdded.id);

const noneOpen = () => until(() => source.open === 0);

test('graphql-sse gets each event with the entities of the other subgraph', async () => {
  const client = createClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
  const results = client.iterate({ query: QUERY, variables: { movieId: '603' } });
  const first = results.next();
  await until(() => source.open === 1);
  const id = await publish();
  const { value } = await first;
  assert.deepEqual(value?.data, { reviewAdded: { id, movie: { title: 'Movie 603' } } });
  assert.match(String(value?.extensions?.eventId), /^r\d+$/);
  await results.return?.();
  await noneOpen();
});

test('graphql-sse executes queries too, and gets rejections as results', async () => {
  const client = createClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
  const answer = await client.iterate({ query: '{ movie(id: "603") { title } }' }).next();
  assert.deepEqual(answer.value?.data, { movie: { title: 'Movie 603' } });
  const rejected = await client.iterate({ query: 'subscription { reviewAdded { nothing } }' }).next();
  assert.equal(rejected.value?.errors?.[0]?.extensions?.code, 'GRAPHQL_VALIDATION_FAILED');
});

test('a GET request subscribes', async () => {
  const url = `${gateway.url}/graphql?query=${encodeURIComponent(QUERY)}&variables=${encodeURIComponent('{"movieId":"603"}')}`;
  const reader = await readEvents(url, undefined, {}, 'GET');
  assert.equal(reader.status, 200);
  await until(() => source.open === 1);
  const id = await publish();
  await until(() => idsOf(reader).length === 1);
  assert.deepEqual(idsOf(reader), [id]);
  reader.close();
  await noneOpen();
});

test('equal subscriptions share one at the subgraph, and execute each event once', async () => {
  const subscribed = source.subscribes.length;
  const fetched = source.entityRequests;
  const readers = await Promise.all([1, 2, 3, 4, 5].map(() => subscribe()));
  await until(() => source.open === 1);
  assert.equal(source.subscribes.length, subscribed + 1);
  const ids = [await publish(), await publish('1'), await publish()];
  await until(() => readers.every((reader) => idsOf(reader).length === 2));
  for (const reader of readers) assert.deepEqual(idsOf(reader), [ids[0], ids[2]]);
  assert.equal(source.entityRequests, fetched + 2);
  for (const reader of readers.slice(1)) reader.close();
  await publish();
  await until(() => idsOf(readers[0] as never).length === 3);
  assert.equal(source.open, 1);
  readers[0]?.close();
  await noneOpen();
  assert.equal(await gateway.metric('marquee_subscription_upstreams'), 0);
  assert.equal(await gateway.metric('marquee_subscriptions_active{transport="sse"'), 0);
});

test('a client that resumes gets what it missed from the replay buffer, each once and in order', async () => {
  const [first, second] = [await subscribe(), await subscribe()];
  await until(() => source.open === 1);
  await publish();
  await until(() => idsOf(second).length === 1);
  second.close();
  const missed = [await publish(), await publish()];
  await until(() => idsOf(first).length === 3);
  const subscribed = source.subscribes.length;
  const resumed = await subscribe({ 'last-event-id': second.events.at(-1)?.id ?? '' });
  const next = await publish();
  await until(() => idsOf(resumed).length === 3);
  assert.deepEqual(idsOf(resumed), [...missed, next]);
  assert.equal(source.subscribes.length, subscribed);
  first.close();
  resumed.close();
  await noneOpen();
});

test('a position that is not in the replay buffer is resumed at the subgraph, then joined with the others', async () => {
  const reader = await subscribe();
  await until(() => source.open === 1);
  await until(() => reader.events.length > 0);
  const start = reader.events[0]?.id as string;
  assert.match(start, /^r\d+$/);
  const ids: string[] = [];
  for (let count = 0; count < 8; count += 1) ids.push(await publish());
  await until(() => idsOf(reader).length === 8);
  const resumed = await subscribe({}, { lastEventId: start });
  await until(() => idsOf(resumed).length === 8);
  assert.deepEqual(idsOf(resumed), ids);
  assert.equal(source.subscribes.at(-1)?.headers['last-event-id'], start);
  await until(() => source.open === 1);
  ids.push(await publish());
  await until(() => idsOf(resumed).length === 9 && idsOf(reader).length === 9);
  assert.deepEqual(idsOf(resumed), ids);
  assert.deepEqual(idsOf(reader), ids);
  reader.close();
  resumed.close();
  await noneOpen();
});

test('clients do not notice that the connection to the subgraph was lost', async () => {
  const reader = await subscribe();
  await until(() => source.open === 1);
  const ids = [await publish()];
  await until(() => idsOf(reader).length === 1);
  source.breakStreams();
  source.publishUnseen({ id: `${++number}`, movieId: '603' });
  ids.push(`${number}`);
  await until(() => idsOf(reader).length === 2);
  await source.close();
  source.publishUnseen({ id: `${++number}`, movieId: '603' });
  ids.push(`${number}`);
  await source.reopen();
  await until(() => idsOf(reader).length === 3);
  ids.push(await publish());
  await until(() => idsOf(reader).length === 4);
  assert.deepEqual(idsOf(reader), ids);
  reader.close();
  await noneOpen();
});

test('a lost subgraph ends the subscription with an error from which the client resumes', async () => {
  const reader = await subscribe();
  await until(() => source.open === 1);
  await publish();
  await until(() => idsOf(reader).length === 1);
  source.reject({ status: 503, body: { errors: [{ message: 'draining', extensions: { code: 'UNAVAILABLE' } }] } });
  source.breakStreams();
  await reader.ended;
  source.reject();
  const { data } = reader.events.at(-2) ?? {};
  assert.equal(reader.events.at(-1)?.event, 'complete');
  const { code, lastEventId } = data?.errors?.[0]?.extensions ?? {};
  assert.deepEqual([code, lastEventId], ['SUBSCRIPTION_UPSTREAM_LOST', reader.events.at(-3)?.id]);
});

test('a gap is an error', async () => {
  source.forget(1);
  const reader = await subscribe({ 'last-event-id': 'r0' });
  source.forget(0);
  assert.equal(reader.status, 200);
  await reader.ended;
  assert.equal(reader.events[0]?.data?.errors?.[0]?.extensions.code, 'SUBSCRIPTION_GAP');
});

test('a position that advances without an event is passed on, and is resumed from', async () => {
  const reader = await subscribe();
  await until(() => source.open === 1);
  const id = await publish();
  await until(() => idsOf(reader).length === 1);
  await publish('1');
  const later = `r${number}`;
  source.write(`id: ${later}\n:\n\n`);
  await until(() => reader.events.at(-1)?.id === later);
  const subscribed = source.subscribes.length;
  const resumed = await subscribe({ 'last-event-id': later });
  assert.equal(source.subscribes.length, subscribed);
  source.breakStreams();
  await until(() => source.subscribes.length > subscribed);
  assert.equal(source.subscribes.at(-1)?.headers['last-event-id'], later);
  await until(() => source.open === 1);
  const next = await publish();
  await until(() => idsOf(reader).length === 2 && idsOf(resumed).length === 1);
  assert.deepEqual([idsOf(reader), idsOf(resumed)], [[id, next], [next]]);
  reader.close();
  resumed.close();
  await noneOpen();
});

test('the completion of a subscription reaches the client', async () => {
  const reader = await subscribe();
  await until(() => source.open === 1);
  source.complete();
  await reader.ended;
  assert.equal(reader.events.at(-1)?.event, 'complete');
  await noneOpen();
});

test('heartbeats keep a silent stream open', async () => {
  const reader = await subscribe();
  await until(() => (reader.text().match(/^:$/gm) ?? []).length >= 3);
  reader.close();
  await noneOpen();
});

test('a subscription without a streaming transport is refused', async () => {
  for (const headers of [{ accept: 'application/json' }, { accept: 'application/graphql-response+json' }]) {
    const { status, events, text, ended } = await subscribe(headers);
    await ended;
    assert.deepEqual([status, events], [406, []]);
    const { errors } = JSON.parse(text());
    assert.equal(errors[0].extensions.code, 'NOT_ACCEPTABLE');
    assert.match(errors[0].message, /text\/event-stream.*subscriptionSpec=1\.0.*graphql-transport-ws/);
  }
});

for (const [name, query, code] of [
  ['two root fields', 'subscription { reviewAdded { id } other: reviewAdded { id } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['an introspection field', 'subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a condition at the root',
    'subscription ($on: Boolean!) { reviewAdded @include(if: $on) { id } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a condition in a fragment at the root',
    'subscription { ...f } fragment f on Subscription { reviewAdded @skip(if: false) { id } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['@defer at the root', 'subscription { ... @defer { reviewAdded { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a field that the client may not see', 'subscription { secretAdded { id } }', 'UNAUTHORIZED_FIELD_OR_TYPE'],
] as const) {
  test(`a subscription with ${name} is rejected`, async () => {
    const reader = await readEvents(`${gateway.url}/graphql`, { query, variables: { on: true } });
    await reader.ended;
    assert.equal(reader.events[0]?.data?.errors?.[0]?.extensions.code, code);
    assert.equal(reader.events[1]?.event, 'complete');
  });
}

test('an alias at the root, a deferred fragment below it and a field that the client may not see', async () => {
  const query = 'subscription { added: reviewAdded { id secret ... @defer { movie { title } } } }';
  const reader = await readEvents(`${gateway.url}/graphql`, { query });
  await until(() => source.open === 1);
  const id = await publish();
  await until(() => reader.events.some(({ event }) => event === 'next'));
  const { data } = reader.events.at(-1) ?? {};
  assert.deepEqual(data?.data, { added: { id, secret: null, movie: { title: 'Movie 603' } } });
  assert.equal(data?.errors?.[0]?.extensions.code, 'UNAUTHORIZED_FIELD_OR_TYPE');
  reader.close();
  await noneOpen();
});

test('an invalid last event id is rejected', async () => {
  for (const id of ['x'.repeat(513), 'two words']) {
    const reader = await subscribe({ 'last-event-id': id });
    await reader.ended;
    assert.equal(reader.status, 400);
  }
});
