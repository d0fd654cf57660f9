import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { type RunningEventSource, startEventSource } from '../../fixtures/event-source.ts';
import { type GatewayProcess, startGateway, temporarySupergraph, until } from '../../fixtures/gateway-process.ts';

let source: RunningEventSource;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;

before(async () => {
  source = await startEventSource();
  supergraph = temporarySupergraph(source.supergraph());
  gateway = await startGateway(supergraph.file, { SUBSCRIPTION_HEARTBEAT_MS: '100' });
});
after(async () => {
  await gateway?.stop();
  await source?.stop();
  supergraph?.remove();
});

const QUERY = gql('subscription { reviewAdded { id movie { title } } }');

interface Received {
  readonly results: { readonly data?: unknown; readonly error?: unknown; readonly extensions?: unknown }[];
  isComplete: boolean;
}

function subscribe(url: string, extensions?: Record<string, unknown>) {
  const client = new ApolloClient({ link: new HttpLink({ uri: `${url}/graphql` }), cache: new InMemoryCache() });
  const received: Received = { results: [], isComplete: false };
  const subscription = client.subscribe({ query: QUERY, ...(extensions && { extensions }) }).subscribe({
    next: (result) => received.results.push(result),
    complete: () => (received.isComplete = true),
  });
  return { client, received, stop: () => subscription.unsubscribe() };
}

test('Apollo Client gets each event, over heartbeats', async () => {
  const { received, stop } = subscribe(gateway.url);
  await until(() => source.open === 1);
  for (const id of ['1', '2']) {
    await source.publish({ id, movieId: '603' });
    await until(() => received.results.length === Number(id));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const [first, second] = received.results.map(({ data }) => data as { reviewAdded: Record<string, unknown> });
  assert.equal(first?.reviewAdded.id, '1');
  assert.deepEqual(second?.reviewAdded, {
    __typename: 'Review',
    id: '2',
    movie: { __typename: 'Movie', title: 'Movie 603' },
  });
  stop();
  await until(() => source.open === 0);
});

test('the end of the source completes the subscription', async () => {
  const { received } = subscribe(gateway.url);
  await until(() => source.open === 1);
  source.complete();
  await until(() => received.isComplete);
});

test('an end with a reason is an error of the protocol', async () => {
  const draining = await startGateway(supergraph.file);
  const { received } = subscribe(draining.url);
  await until(() => source.open === 1);
  await source.publish({ id: '3', movieId: '603' });
  await until(() => received.results.length === 1);
  await draining.stop();
  await until(() => received.results.length === 2);
  const { error } = received.results[1] as { error: { errors: { message: string; extensions: unknown }[] } };
  assert.deepEqual(error.errors[0]?.extensions, { code: 'SUBSCRIPTION_ENDED', lastEventId: 'r3' });
});

test('the parts are those of the protocol', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      accept:
        'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: 'subscription { reviewAdded { id } }', extensions: { lastEventId: 'r2' } }),
  });
  assert.equal(response.headers.get('content-type'), 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0');
  const reader = response.body?.getReader();
  let text = '';
  while (!text.includes('payload')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
  const part = 'Content-Type: application/json\r\n\r\n';
  const result = '{"payload":{"data":{"reviewAdded":{"id":"3"}},"extensions":{"eventId":"r3"}}}';
  assert.ok(text.startsWith(`\r\n--graphql\r\n${part}{}\r\n--graphql\r\n${part}${result}\r\n--graphql`), text);
  await reader?.cancel();
});

test('a rejected subscription is a plain response', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { accept: 'multipart/mixed;subscriptionSpec=1.0, application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { nothing }' }),
  });
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
  assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
});
