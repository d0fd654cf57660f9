import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runGateway, startGateway, temporarySupergraph, until } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

let movies: RunningSubgraph;
let scores: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
  supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
});
after(async () => {
  await Promise.all([movies?.stop(), scores?.stop()]);
  supergraph?.remove();
});

const MOVIE = 'query Movie($id: ID!) { movie(id: $id) { title } }';
const BEST = '{ best { title } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const manifest = (...operations: { id: string; name: string; body: string }[]) =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
const movie = { id: sha256(MOVIE), name: 'Movie', type: 'query', body: MOVIE };

async function post(url: string, body: object) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  return { status: response.status, data, code: errors?.[0]?.extensions.code };
}

test('a persisted document with @defer is planned with and without incremental delivery', async (t) => {
  const body = 'query Later { best { title ... @defer { score } } }';
  const file = join(supergraph.folder, 'deferred.json');
  writeFileSync(file, manifest({ id: sha256(body), name: 'Later', body }));
  const gateway = await startGateway(supergraph.file, { PERSISTED_DOCUMENTS_FILE: file });
  t.after(() => gateway.stop());
  await until(async () => (await fetch(`${gateway.url}/readyz`)).status === 200);
  const planned = 'marquee_planning_seconds_count{service="gateway",outcome="planned"';
  assert.equal(await gateway.metric(planned), 2);
  const headers = { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' };
  const request = { method: 'POST', headers, body: JSON.stringify({ documentId: sha256(body) }) };
  assert.match(await (await fetch(`${gateway.url}/graphql`, request)).text(), /"incremental":/);
  assert.deepEqual((await post(gateway.url, { documentId: sha256(body) })).data, {
    best: { title: 'The Matrix', score: 8.2 },
  });
  assert.equal(await gateway.metric(planned), 2);
});

test('a persisted document is planned before the gateway is ready, and executed by its identifier', async (t) => {
  const file = join(supergraph.folder, 'documents.json');
  writeFileSync(file, manifest(movie));
  const gateway = await startGateway(supergraph.file, { PERSISTED_DOCUMENTS_FILE: file });
  t.after(() => gateway.stop());
  await until(async () => (await fetch(`${gateway.url}/readyz`)).status === 200);
  const planned = 'marquee_planning_seconds_count{service="gateway",outcome="planned"';
  assert.equal(await gateway.metric(planned), 1);

  const variables = { id: '603' };
  const data = { movie: { title: 'The Matrix' } };
  const requests: object[] = [
    { documentId: `sha256:${sha256(MOVIE)}` },
    { documentId: sha256(MOVIE) },
    { id: sha256(MOVIE) },
    { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(MOVIE) } } },
    { documentId: sha256(MOVIE), query: MOVIE },
  ];
  for (const request of requests) {
    assert.deepEqual(await post(gateway.url, { ...request, variables }), { status: 200, data, code: undefined });
  }
  const parameters = new URLSearchParams({
    documentId: `sha256:${sha256(MOVIE)}`,
    variables: JSON.stringify(variables),
  });
  const got = await fetch(`${gateway.url}/graphql?${parameters}`, { headers: { 'apollo-require-preflight': 'yes' } });
  assert.deepEqual(await got.json(), { data });
  assert.equal(await gateway.metric(planned), 1);

  const unknown = await post(gateway.url, { documentId: 'sha256:00' });
  assert.deepEqual([unknown.status, unknown.code], [400, 'PERSISTED_DOCUMENT_NOT_FOUND']);
  const other = await post(gateway.url, { documentId: sha256(MOVIE), query: BEST, variables });
  assert.deepEqual([other.status, other.code], [400, 'PERSISTED_DOCUMENT_MISMATCH']);
  assert.equal((await post(gateway.url, { query: BEST })).status, 200, 'others are answered too');

  writeFileSync(file, manifest(movie, { id: 'best', name: 'Best', body: BEST }));
  await until(async () => (await post(gateway.url, { documentId: 'best' })).status === 200);
  writeFileSync(file, '{');
  await until(async () => (await gateway.metric('marquee_persisted_documents_reloads_total{outcome="refused"')) === 1);
  assert.equal((await post(gateway.url, { documentId: 'best' })).status, 200);
});

test('PERSISTED_DOCUMENTS_ONLY rejects other operations', async (t) => {
  const file = join(supergraph.folder, 'only.json');
  writeFileSync(file, JSON.stringify({ [sha256(MOVIE)]: MOVIE }));
  const env = { PERSISTED_DOCUMENTS_FILE: file, PERSISTED_DOCUMENTS_ONLY: 'true' };
  const gateway = await startGateway(supergraph.file, env);
  t.after(() => gateway.stop());
  const variables = { id: '603' };
  const known = [
    { documentId: sha256(MOVIE) },
    { query: MOVIE },
    { query: `# a comment\n${MOVIE.replaceAll(' ', '  ')}` },
  ];
  for (const request of known) assert.equal((await post(gateway.url, { ...request, variables })).status, 200);

  const refused = [BEST, '{ __schema { queryType { name } } }', MOVIE.replace('title', 'id'), '{'];
  for (const query of refused) {
    const { status, code } = await post(gateway.url, { query, variables });
    assert.deepEqual([status, code], [403, 'PERSISTED_DOCUMENTS_ONLY'], query);
  }
  const persistedQuery = { version: 1, sha256Hash: sha256(BEST) };
  for (const request of [{ query: BEST, extensions: { persistedQuery } }, { extensions: { persistedQuery } }]) {
    const { code } = await post(gateway.url, request);
    assert.match(code ?? '', /^PERSISTED_DOCUMENT/, 'nothing is registered, and no client is told to register');
  }
  assert.equal((await fetch(gateway.url)).status, 404, 'no IDE');
});

test('unreadable persisted documents fail the start', async () => {
  const file = join(supergraph.folder, 'bad.json');
  writeFileSync(file, '[]');
  const table: [Record<string, string>, string][] = [
    [{ PERSISTED_DOCUMENTS_FILE: file }, 'PERSISTED_DOCUMENTS_INVALID'],
    [{ PERSISTED_DOCUMENTS_FILE: `${file}.missing` }, 'PERSISTED_DOCUMENTS_UNREADABLE'],
    [{ PERSISTED_DOCUMENTS_ONLY: 'true' }, 'INVALID_CONFIG'],
  ];
  for (const [env, expected] of table) {
    const { code, log } = await runGateway(['--supergraph', supergraph.file, '--port', '0'], env);
    assert.equal(code, 2);
    assert.equal(log.at(-1)?.code, expected);
  }
});
