import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serverAudits } from 'graphql-http';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

describe('the audits of graphql-http over the supergraph', () => {
  let gateway: GatewayProcess;
  before(async () => {
    const supergraph = fileURLToPath(new URL('../../../supergraph.graphql', import.meta.url));
    // Some audits use introspection.
    gateway = await startGateway(supergraph);
  });
  after(() => gateway?.stop());

  async function failing(fetchFn: typeof fetch): Promise<string[]> {
    const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn });
    assert.equal(audits.length, 61);
    const results = await Promise.all(audits.map(async ({ id, fn }) => [id, (await fn()).status] as const));
    return results.filter(([, status]) => status !== 'ok').map(([id, status]) => `${id} ${status}`);
  }

  test('a client whose requests need a preflight passes all 61', async () => {
    const preflighted: typeof fetch = (input, init = {}) =>
      fetch(input, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), 'apollo-require-preflight': '1' },
      });
    assert.deepEqual(await failing(preflighted), []);
  });

  test('a request that a form of another site could send is rejected, which fails two optional audits', async () => {
    assert.deepEqual(await failing(fetch), ['5A70 notice', '6A70 notice']);
  });
});

describe('automatic persisted queries', () => {
  let movies: RunningSubgraph;
  let scores: RunningSubgraph;
  let supergraph: ReturnType<typeof temporarySupergraph>;
  let gateway: GatewayProcess;
  before(async () => {
    [movies, scores] = await Promise.all([startMovies(), startScores()]);
    supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
    gateway = await startGateway(supergraph.file);
  });
  after(async () => {
    await Promise.all([gateway?.stop(), movies?.stop(), scores?.stop()]);
    supergraph?.remove();
  });

  interface Answer {
    readonly data?: unknown;
    readonly errors?: { message: string; extensions: { code: string } }[];
  }
  const hash = (query: string) => createHash('sha256').update(query).digest('hex');
  const extensionsOf = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: hash(query) } });

  async function post(body: object): Promise<Answer> {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  }

  async function get(parameters: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${gateway.url}/graphql?${new URLSearchParams(parameters)}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    return (await response.json()) as Answer;
  }

  /** Sends the hash alone, and the query when it is not found, as Apollo's clients do. */
  async function ask(send: (withQuery: boolean) => Promise<Answer>): Promise<[Answer, number]> {
    const answer = await send(false);
    if (answer.errors?.[0]?.message !== 'PersistedQueryNotFound') return [answer, 1];
    assert.equal(answer.errors[0].extensions.code, 'PERSISTED_QUERY_NOT_FOUND');
    return [await send(true), 2];
  }

  test('POST: not found, registered, found', async () => {
    const query = 'query ($id: ID!) { movie(id: $id) { title score } }';
    const send = (id: string) => (withQuery: boolean) =>
      post({ ...(withQuery && { query }), variables: { id }, extensions: extensionsOf(query) });
    assert.deepEqual(await ask(send('603')), [{ data: { movie: { title: 'The Matrix', score: 8.2 } } }, 2]);
    assert.deepEqual(await ask(send('550')), [{ data: { movie: { title: 'Fight Club', score: 8.2 } } }, 1]);
  });

  test('GET: not found, registered, found', async () => {
    const query = 'query ($id: ID!) { movie(id: $id) { id title } }';
    const send = (withQuery: boolean) =>
      get({
        ...(withQuery && { query }),
        variables: '{"id":"603"}',
        extensions: JSON.stringify(extensionsOf(query)),
      });
    const data = { movie: { id: '603', title: 'The Matrix' } };
    assert.deepEqual(await ask(send), [{ data }, 2]);
    assert.deepEqual(await ask(send), [{ data }, 1]);
    assert.deepEqual(await post({ variables: { id: '603' }, extensions: extensionsOf(query) }), { data });
  });

  test('a hash of another query registers nothing', async () => {
    const { errors } = await post({ query: '{ best { id } }', extensions: extensionsOf('{ best { title } }') });
    assert.match(errors?.[0]?.message ?? '', /does not match/);
    const unknown = await post({ extensions: extensionsOf('{ best { title } }') });
    assert.equal(unknown.errors?.[0]?.message, 'PersistedQueryNotFound');
  });

  test('a query over a limit is not registered', async () => {
    const query = `{ ${'__typename '.repeat(6)} }`;
    const refused = await post({ query, extensions: extensionsOf(query) });
    assert.equal(refused.errors?.[0]?.extensions.code, 'REPEATED_FIELD_LIMIT_EXCEEDED');
    const unknown = await post({ extensions: extensionsOf(query) });
    assert.equal(unknown.errors?.[0]?.message, 'PersistedQueryNotFound');
  });
});
