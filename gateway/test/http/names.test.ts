import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

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

async function post(body: string) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body,
  });
  return { status: response.status, text: (await response.text()).trim() };
}

/** Sends variables as JSON text: an object literal would set its prototype by `__proto__`. */
const send = (query: string, variables = '{}') => post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);

for (const name of [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
]) {
  describe(`the name ${name}`, () => {
    test('as an alias', async () => {
      const { text } = await send(`{ ${name}: movie(id: "603") { ${name}: title a: score } }`);
      assert.equal(text, `{"data":{"${name}":{"${name}":"The Matrix","a":8.2}}}`);
    });

    test('as an alias of a field from another subgraph', async () => {
      const { text } = await send(`{ movie(id: "603") { title ${name}: score } }`);
      assert.equal(text, `{"data":{"movie":{"title":"The Matrix","${name}":8.2}}}`);
    });

    test('as an operation and a fragment', async () => {
      const { text } = await send(`query ${name} { best { ...${name} } } fragment ${name} on Movie { title score }`);
      assert.equal(text, '{"data":{"best":{"title":"The Matrix","score":8.2}}}');
    });

    test('as a variable', async () => {
      const { status, text } = await send(
        `query ($${name}: ID!) { movie(id: $${name}) { title score } }`,
        `{"${name}":"603"}`,
      );
      if (name === '__proto__') {
        assert.equal(status, 400);
        assert.match(text, /"code":"BAD_REQUEST"/);
        assert.match(text, /without the keys `__proto__`/);
      } else {
        assert.equal(text, '{"data":{"movie":{"title":"The Matrix","score":8.2}}}');
      }
    });

    test('as a variable without a value', async () => {
      const { status, text } = await send(`query ($${name}: ID!) { movie(id: $${name}) { title } }`);
      assert.equal(status, 400);
      assert.match(text, /"code":"BAD_USER_INPUT"/);
    });

    test('as an argument, a field, a type and an input key', async () => {
      for (const query of [
        `{ movie(id: "603", ${name}: 1) { title } }`,
        `{ movie(id: "603") { ${name} } }`,
        `{ movie(id: "603") { ... on ${name} { id } } }`,
        `query ($a: ${name}) { movie(id: $a) { title } }`,
        `{ movie(id: { ${name}: 1 }) { title } }`,
        `{ best { title @${name} } }`,
      ]) {
        const { status, text } = await send(query);
        assert.equal(status, 400, query);
        assert.match(text, /"code":"GRAPHQL_VALIDATION_FAILED"/, query);
      }
    });

    test('as the operation name', async () => {
      const { status, text } = await post(`{"query":"{ best { title } }","operationName":"${name}"}`);
      assert.equal(status, 400);
      assert.match(text, /"code":"OPERATION_RESOLUTION_FAILURE"/);
    });

    test('as a key anywhere in the request, without an effect', async () => {
      const poison = `{"${name}":{"polluted":true,"${name}":{"polluted":true}}}`;
      for (const body of [
        `{"query":"{ best { title } }","variables":${poison},"extensions":${poison}}`,
        `{"query":"query ($id: ID!) { movie(id: $id) { title } }","variables":{"id":${poison}}}`,
        `{"query":"{ best { title } }","${name}":${poison}}`,
      ]) {
        assert.ok((await post(body)).status < 500, body);
      }
      const { text } = await send('{ best { title score } }');
      assert.equal(text, '{"data":{"best":{"title":"The Matrix","score":8.2}}}');
    });
  });
}
