import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { type Client, createClient, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type RunningEventSource, startEventSource } from '../../fixtures/event-source.ts';
import { type GatewayProcess, startGateway, temporarySupergraph, until } from '../../fixtures/gateway-process.ts';
import { AUDIENCE, createIssuer, ISSUER, type Issuer, temporaryFiles } from '../../fixtures/tokens.ts';

const QUERY = 'subscription ($movieId: ID) { reviewAdded(movieId: $movieId) { id movie { title } } }';

let source: RunningEventSource;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;
let issuer: Issuer;
let files: ReturnType<typeof temporaryFiles>;
let number = 0;

before(async () => {
  source = await startEventSource();
  supergraph = temporarySupergraph(source.supergraph());
  issuer = await createIssuer();
  files = temporaryFiles({ key: issuer.pem });
  gateway = await startGateway(supergraph.file, {
    SUBSCRIPTION_HEARTBEAT_MS: '200',
    SUBSCRIPTION_MAX_PER_CLIENT: '20',
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_PUBLIC_KEY_FILE: files.path('key'),
    CORS_ORIGINS: 'https://app.example',
    MAX_BODY_BYTES: '20000',
  });
});
after(async () => {
  await gateway?.stop();
  await source?.stop();
  supergraph?.remove();
  files?.remove();
});

const url = () => `${gateway.url.replace('http', 'ws')}/graphql`;

async function publish(movieId = '603'): Promise<string> {
  const id = `${++number}`;
  await source.publish({ id, movieId });
  return id;
}

function client(params: Record<string, unknown> = {}): Client {
  return createClient({ url: url(), webSocketImpl: WebSocket, connectionParams: params, retryAttempts: 0 });
}

interface Received {
  readonly results: { data?: unknown; errors?: readonly unknown[]; extensions?: Record<string, unknown> }[];
  /** `complete`, or the errors that ended the operation. */
  end?: unknown;
  stop(): void;
}

function subscribe(to: Client, payload: SubscribePayload = { query: QUERY, variables: { movieId: '603' } }): Received {
  const received: Received = { results: [], stop: () => stop() };
  const stop = to.subscribe(payload, {
    next: (result) => received.results.push(result as never),
    error: (error) => (received.end = error),
    complete: () => (received.end = 'complete'),
  });
  return received;
}

test('graphql-ws gets each event, with the position from which it resumes', async () => {
  const ws = client();
  const received = subscribe(ws);
  await until(() => source.open === 1);
  const id = await publish();
  await until(() => received.results.length === 1);
  assert.deepEqual(received.results[0]?.data, { reviewAdded: { id, movie: { title: 'Movie 603' } } });
  const lastEventId = received.results[0]?.extensions?.eventId;
  received.stop();
  await until(() => source.open === 0);
  const missed = await publish();
  const resumed = subscribe(ws, { query: QUERY, variables: { movieId: '603' }, extensions: { lastEventId } });
  await until(() => resumed.results.length === 1);
  assert.deepEqual(resumed.results[0]?.data, { reviewAdded: { id: missed, movie: { title: 'Movie 603' } } });
  await ws.dispose();
  await until(() => source.open === 0);
});

test('queries and mutations are executed as by HTTP', async () => {
  const ws = client();
  const query = subscribe(ws, { query: '{ movie(id: "603") { title } }' });
  const mutation = subscribe(ws, {
    query: 'mutation ($id: ID!) { rename(id: $id, title: "x") { id title } }',
    variables: { id: '1' },
  });
  const invalid = subscribe(ws, { query: '{ nothing }' });
  await until(() => [query, mutation, invalid].every(({ end }) => end !== undefined));
  assert.deepEqual(query.results, [{ data: { movie: { title: 'Movie 603' } } }]);
  assert.deepEqual(mutation.results, [{ data: { rename: { id: '1', title: 'x' } } }]);
  assert.deepEqual([query.end, mutation.end], ['complete', 'complete']);
  const [error] = invalid.end as [{ extensions: { code: string } }];
  assert.equal(error.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  await ws.dispose();
});

test('the token of connection_init identifies the client, until it expires', async () => {
  const token = await issuer.token({ exp: Math.floor(Date.now() / 1_000) + 2 });
  const ws = client({ authorization: `Bearer ${token}` });
  const received = subscribe(ws, { query: 'subscription { secretAdded { id } }' });
  await until(() => source.open === 1);
  await publish();
  await until(() => received.results.length === 1);
  await until(() => received.end !== undefined);
  const [error] = received.end as [{ extensions: { code: string; lastEventId: string } }];
  assert.deepEqual(error.extensions, {
    code: 'UNAUTHENTICATED',
    lastEventId: received.results[0]?.extensions?.eventId,
  });
  await ws.dispose();
  const wrong = client({ authorization: 'Bearer wrong' });
  const refused = subscribe(wrong);
  await until(() => refused.end !== undefined);
  assert.equal((refused.end as [{ extensions: { code: string } }])[0].extensions.code, 'UNAUTHENTICATED');
  await wrong.dispose();
});

test('the end of the source completes the operation', async () => {
  const ws = client();
  const received = subscribe(ws);
  await until(() => source.open === 1);
  source.complete();
  await until(() => received.end === 'complete');
  await ws.dispose();
});

test('a source that ends before its client has been added completes the operation, after what was missed', async () => {
  const ws = client();
  const first = subscribe(ws);
  await until(() => source.open === 1);
  await publish();
  await until(() => first.results.length === 1);
  const lastEventId = first.results[0]?.extensions?.eventId;
  first.stop();
  await until(() => source.open === 0);
  const missed = await publish();
  source.completeOnOpen(true);
  const fromNow = subscribe(ws);
  const resumed = subscribe(ws, { query: QUERY, variables: { movieId: '603' }, extensions: { lastEventId } });
  await until(() => fromNow.end !== undefined && resumed.end !== undefined);
  source.completeOnOpen(false);
  assert.deepEqual([fromNow.end, resumed.end], ['complete', 'complete']);
  assert.deepEqual(fromNow.results, []);
  assert.deepEqual(
    resumed.results.map(({ data }) => (data as { reviewAdded: { id: string } }).reviewAdded.id),
    [missed],
  );
  await ws.dispose();
});

/** Connects, and returns the close code or the status of the rejection. */
async function outcome(
  options: { origin?: string; protocol?: string | string[]; path?: string },
  talk: (ws: WebSocket) => void = (ws) => ws.close(1000),
): Promise<number> {
  const { protocol = 'graphql-transport-ws', path = '/graphql', origin } = options;
  const ws = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, protocol, { ...(origin && { origin }) });
  ws.on('error', () => {});
  ws.on('open', () => talk(ws));
  return new Promise((resolve) => {
    ws.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    ws.on('close', (code) => resolve(code));
  });
}

test('pages of other origins cannot connect', async () => {
  assert.equal(await outcome({ origin: 'https://app.example' }), 1000);
  assert.equal(await outcome({ origin: gateway.url }), 1000);
  assert.equal(await outcome({}), 1000);
  assert.equal(await outcome({ origin: 'https://evil.example' }), 403);
  assert.equal(await outcome({ origin: 'null' }), 403);
  assert.equal(await outcome({ path: '/other' }), 404);
});

const INIT = JSON.stringify({ type: 'connection_init' });
const operation = (id: unknown, query = QUERY) => JSON.stringify({ id, type: 'subscribe', payload: { query } });

for (const [name, code, messages] of [
  ['no JSON', 4400, ['{']],
  ['an unknown type', 4400, [INIT, '{"type":"start"}']],
  ['a message of the server', 4400, [INIT, '{"type":"complete","id":5}']],
  ['an operation before connection_init', 4401, [operation('1')]],
  ['a second connection_init', 4429, [INIT, INIT]],
  ['the id of a running operation', 4409, [INIT, operation('1'), operation('1')]],
  ['a long id', 4400, [INIT, operation('x'.repeat(257))]],
  ['a message over the limit', 1009, [INIT, operation('1', 'x'.repeat(30_000))]],
] as const) {
  test(`a socket that sends ${name} is closed`, async () => {
    const closed = await outcome({}, async (ws) => {
      for (const message of messages) {
        ws.send(message);
        if (message === INIT) await once(ws, 'message');
      }
    });
    assert.equal(closed, code);
    await until(() => source.open === 0);
  });
}

test('a socket without the subprotocol is closed', async () => {
  assert.equal(await outcome({ protocol: [] }), 4406);
});

test('10,000 operations of one socket are limited, and others are served', async () => {
  const ws = new WebSocket(url(), 'graphql-transport-ws');
  await once(ws, 'open');
  ws.send(INIT);
  await once(ws, 'message');
  const codes = new Map<string, number>();
  ws.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data));
    const code = type === 'error' ? payload[0].extensions.code : type;
    codes.set(code, (codes.get(code) ?? 0) + 1);
  });
  for (let id = 0; id < 10_000; id += 1) {
    ws.send(operation(`${id}`));
    if (id % 500 === 499) await until(() => codes.get('SUBSCRIPTION_LIMIT_EXCEEDED') === id - 19);
  }
  assert.deepEqual(await gateway.query('{ movie(id: "1") { title } }'), { data: { movie: { title: 'Movie 1' } } });
  assert.equal(source.open, 1);
  await publish();
  await until(() => codes.get('next') === 20);
  ws.close();
  await until(() => source.open === 0);
  await until(async () => (await gateway.metric('marquee_subscriptions_active{transport="websocket"')) === 0);
});

test('a client that no longer answers is disconnected', async () => {
  const ws = new WebSocket(url(), 'graphql-transport-ws', { autoPong: false });
  const [code] = await once(ws, 'close');
  assert.equal(code, 1006);
});

test('an upgrade to another protocol is ignored, as RFC 9110 permits', async () => {
  const request = httpRequest(`${gateway.url}/healthz`, { headers: { connection: 'upgrade', upgrade: 'h2c' } });
  request.end();
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 200);
  response.resume();
});

test('numbers of variables keep their digits', async () => {
  const ws = new WebSocket(url(), 'graphql-transport-ws');
  await once(ws, 'open');
  ws.send(INIT);
  await once(ws, 'message');
  const payload = '{"query":"query ($id: ID!) { movie(id: $id) { id } }","variables":{"id":12345678901234567890}}';
  ws.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
  await once(ws, 'message');
  assert.match(source.movieRequests.at(-1) ?? '', /"id":12345678901234567890\}/);
  ws.close();
});

test('a process that drains ends operations with the last event id and closes sockets', async () => {
  const draining = await startGateway(supergraph.file);
  const ws = createClient({
    url: `${draining.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const received = subscribe(ws);
  await until(() => source.open === 1);
  await publish();
  await until(() => received.results.length === 1);
  assert.equal(await draining.stop(), 0);
  const [error] = received.end as [{ extensions: unknown }];
  assert.deepEqual(error.extensions, {
    code: 'SUBSCRIPTION_ENDED',
    lastEventId: received.results[0]?.extensions?.eventId,
  });
});
