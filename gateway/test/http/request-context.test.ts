import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayProcess, startGateway, temporarySupergraph, until } from '../fixtures/gateway-process.ts';
import { startRecordingSubgraph } from '../fixtures/recording-subgraph.ts';
import { AUDIENCE, createIssuer, ISSUER, type Issuer, temporaryFiles } from '../fixtures/tokens.ts';

const RULES = {
  all: [
    { propagate: 'X-Variant', default: 'en' },
    { propagate: 'x-request-id', as: 'x-correlation-id' },
    { matching: '^x-tenant-|^authorization$|^cookie$|^host$' },
    { insert: 'x-gateway', value: 'marquee' },
  ],
  subgraphs: { counting: [{ propagate: 'x-only-here' }] },
};

let subgraph: Awaited<ReturnType<typeof startRecordingSubgraph>>;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;
let issuer: Issuer;
let files: ReturnType<typeof temporaryFiles>;

before(async () => {
  subgraph = await startRecordingSubgraph({ ftv1: 'dHJhY2U=' });
  supergraph = temporarySupergraph(subgraph.supergraph);
  issuer = await createIssuer();
  files = temporaryFiles({ 'issuer.pem': issuer.pem, 'rules.json': JSON.stringify(RULES) });
  gateway = await startGateway(supergraph.file, {
    HEADER_RULES_FILE: files.path('rules.json'),
    FEDERATED_TRACING: 'on',
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_PUBLIC_KEY_FILE: files.path('issuer.pem'),
  });
});
after(async () => {
  await gateway?.stop();
  subgraph?.stop();
  supergraph?.remove();
  files?.remove();
});
afterEach(() => {
  subgraph.requests.length = 0;
});

async function send(headers: Record<string, string> = {}, query = '{ count }', signal?: AbortSignal) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
  return (await response.json()) as { data: { count?: number }; extensions?: { ftv1?: unknown } };
}

/** Sends all requests while the subgraph holds its responses; returns how many reached it. */
async function together(sent: readonly (() => Promise<unknown>)[]): Promise<number> {
  const release = subgraph.hold();
  const pending = sent.map((one) => one());
  await until(() => subgraph.requests.length > 0);
  await sleep(500);
  release();
  await Promise.all(pending);
  return subgraph.requests.length;
}

test('only the headers of rules are forwarded: renamed, matched, with defaults and constants', async () => {
  const token = `Bearer ${await issuer.token()}`;
  await send({
    'x-request-id': 'r1',
    'x-tenant-id': 't1',
    'x-only-here': 'o1',
    'x-other': 'no',
    cookie: 'a=b',
    authorization: token,
  });
  const [request] = subgraph.requests;
  assert.ok(request);
  const { 'marquee-identity': _identity, host: _host, connection: _connection, ...rest } = request.headers;
  assert.deepEqual(rest, {
    'x-variant': 'en',
    'x-correlation-id': 'r1',
    'x-tenant-id': 't1',
    'x-gateway': 'marquee',
    'x-only-here': 'o1',
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'accept-encoding': 'gzip, br, deflate',
    'content-length': rest['content-length'],
  });
});

test('queries with different forwarded headers are executed separately, others once', async () => {
  const requests = await together([
    () => send({ 'x-tenant-id': 'a' }),
    () => send({ 'x-tenant-id': 'b' }),
    () => send({ 'x-tenant-id': 'b', 'x-other': '1' }),
    () => send({ 'x-tenant-id': 'b', 'x-other': '2' }),
    () => send({ 'x-tenant-id': 'b', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }),
  ]);
  assert.equal(requests, 2);
});

test('users share no response, and each mutation is executed', async () => {
  const [ada, grace] = await Promise.all([issuer.token(), issuer.token({ sub: 'grace' })]);
  const scoped = await issuer.token({ scope: 'a' });
  const as = (token: string) => () => send({ authorization: `Bearer ${token}` });
  assert.equal(await together([as(ada), as(ada), as(grace), as(scoped), () => send()]), 4);
  subgraph.requests.length = 0;
  const write = () => send({}, 'mutation { write }');
  assert.equal(await together([write, write, write]), 3);
});

test('a client that leaves does not affect others with the same query', async () => {
  const release = subgraph.hold();
  const gone = new AbortController();
  const first = send({}, '{ count }', gone.signal);
  await until(() => subgraph.requests.length === 1);
  const second = send();
  await sleep(200); // The second joins the first before the first client leaves.
  gone.abort();
  await assert.rejects(first);
  await sleep(300);
  release();
  assert.deepEqual(await second, { data: { count: 1 } });
  assert.equal(subgraph.requests.length, 1);
});

test('a valid traceparent is forwarded unchanged, an invalid one is not', async () => {
  const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
  await send({ traceparent, tracestate: 'a=1' });
  assert.equal(subgraph.requests[0]?.headers.traceparent, traceparent);
  assert.equal(subgraph.requests[0]?.headers.tracestate, 'a=1');
  await send({ traceparent: '00-none', tracestate: 'a=1' });
  assert.equal(subgraph.requests[1]?.headers.traceparent, undefined);
  assert.equal(subgraph.requests[1]?.headers.tracestate, undefined);
});

test('federated traces are requested and returned only for clients that request them', async () => {
  const ask = { 'apollo-federation-include-trace': 'ftv1' };
  const requests = await together([
    async () => assert.deepEqual((await send()).extensions, undefined),
    async () =>
      assert.deepEqual((await send(ask)).extensions, { ftv1: [{ serviceName: 'counting', trace: 'dHJhY2U=' }] }),
  ]);
  assert.equal(requests, 2);
  const values = subgraph.requests.map(({ headers }) => headers['apollo-federation-include-trace']);
  assert.deepEqual(values.toSorted(), ['ftv1', undefined]);
});

test('operations have metrics by name and outcome, errors by code', async () => {
  await send({}, 'query Counting { count }');
  await send({}, '{ nothing }');
  const count = 'marquee_operation_seconds_count{service="gateway",operation=';
  assert.equal(await gateway.metric(`${count}"Counting",type="query",outcome="ok"`), 1);
  assert.equal(await gateway.metric(`${count}"unknown",type="unknown",outcome="refused"`), 1);
  assert.equal(await gateway.metric('marquee_operation_errors_total{code="GRAPHQL_VALIDATION_FAILED"'), 1);
});
