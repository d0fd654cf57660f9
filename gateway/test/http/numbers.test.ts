import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])';

const SCHEMAS: Readonly<Record<string, string>> = {
  orders: `${LINK} scalar Json scalar Long
    type Query { long: Long longs: [Long] json: Json f: Float fs: [Float] other: Int echo(a: Json, b: Long, c: In, d: [Long!]): String
      byId(id: ID, f: Float): ID order: Order orders: [Order!] id: ID count: Int }
    input In { l: Long x: Float }
    type Order @key(fields: "id") { id: Long! name: String }
    type Box @key(fields: "box { code weight }") { box: Inner } type Inner { code: ID! weight: Json }
    extend type Query { boxes: [Box!] }`,
  prices: `${LINK} scalar Json scalar Long
    type Order @key(fields: "id") { id: Long! price: Long }
    type Box @key(fields: "box { code weight }") { box: Inner size: Int } type Inner { code: ID! weight: Json }`,
};

/** Responses by subgraph, and the received texts. */
const answers: Record<string, string> = {};
const received: Record<string, string[]> = {};
const servers: Server[] = [];
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;

before(async () => {
  const modules = [];
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const server = createServer(async (request, response) => {
      received[name]?.push(await text(request));
      response.end(answers[name]);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    modules.push({ name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, typeDefs: parse(schema) });
  }
  const { supergraphSdl, errors } = composeServices(modules);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  supergraph = temporarySupergraph(supergraphSdl);
  gateway = await startGateway(supergraph.file);
});
after(async () => {
  await gateway?.stop();
  supergraph?.remove();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  for (const name of Object.keys(SCHEMAS)) received[name] = [];
});

async function post(body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })).text();
}

test('numbers of custom scalars and IDs reach clients as the subgraph wrote them', async () => {
  const numbers = [
    '9007199254740993',
    '-18446744073709551616',
    '1.10',
    '0.1000000000000000055511',
    '1e400',
    '1E5',
    '-0',
    '2.50',
    '0.0000001',
    '5',
  ];
  for (const number of numbers) {
    answers.orders = `{"data":{"long":${number},"longs":[1,${number},null],"json":{"a":[{"b":${number}}],"c":"${number}"}}}`;
    const data = `{"long":${number},"longs":[1,${number},null],"json":{"a":[{"b":${number}}],"c":"${number}"}}`;
    assert.equal(await post('{"query":"{ long longs json }"}'), `{"data":${data}}`);
  }
  for (const id of ['9007199254740993', '123456789012345678901234567890', '-9223372036854775808', '7']) {
    answers.orders = `{"data":{"id":${id}}}`;
    assert.equal(await post('{"query":"{ id }"}'), `{"data":{"id":${id}}}`);
  }
});

test('numbers are exact with whitespace, escapes and aliases around them', async () => {
  answers.orders = '{ "data" : {\n "mine" :\t9007199254740993 , "json": "a\\"1.0" } }';
  assert.equal(await post('{"query":"{ mine: long json }"}'), '{"data":{"mine":9007199254740993,"json":"a\\"1.0"}}');
});

test('Int and Float are doubles; other values are null with an error', async () => {
  answers.orders = '{"data":{"f":1.50,"fs":[1.0,2e3,-0.0],"count":10,"long":1.0}}';
  assert.equal(
    await post('{"query":"{ f fs count long }"}'),
    '{"data":{"f":1.5,"fs":[1,2000,0],"count":10,"long":1.0}}',
  );
  for (const number of ['1e400', '-1e999', '1E+309']) {
    answers.orders = `{"data":{"f":${number},"fs":[1,${number}],"other":1}}`;
    const { data, extensions } = JSON.parse(await post('{"query":"{ f fs other }"}'));
    assert.deepEqual(data, { f: null, fs: [1, null], other: 1 });
    assert.deepEqual(
      extensions.valueCompletion.map(({ path }: { path: unknown }) => path),
      [['f'], ['fs', 1]],
    );
  }
});

test('numbers in keys are exact, and equal entities are fetched once', async () => {
  answers.orders =
    '{"data":{"orders":[{"__typename":"Order","id":9007199254740993},{"__typename":"Order","id":9007199254740992},{"__typename":"Order","id":9007199254740993}]}}';
  answers.prices = '{"data":{"_entities":[{"price":1.10},{"price":12345678901234567890}]}}';
  assert.equal(
    await post('{"query":"{ orders { id price } }"}'),
    '{"data":{"orders":[{"id":9007199254740993,"price":1.10},{"id":9007199254740992,"price":12345678901234567890},{"id":9007199254740993,"price":1.10}]}}',
  );
  const [request = ''] = received.prices ?? [];
  const representations = '[{"__typename":"Order","id":9007199254740993},{"__typename":"Order","id":9007199254740992}]';
  assert.ok(request.includes(`"representations":${representations}`), request);
  answers.orders =
    '{"data":{"boxes":[{"__typename":"Box","box":{"code":"a","weight":{"kg":1.50,"g":[9007199254740993]}}}]}}';
  answers.prices = '{"data":{"_entities":[{"size":1}]}}';
  assert.equal(await post('{"query":"{ boxes { size } }"}'), '{"data":{"boxes":[{"size":1}]}}');
  assert.ok(received.prices?.[1]?.includes('"weight":{"kg":1.50,"g":[9007199254740993]}'), received.prices?.[1]);
});

test('numbers of variables reach subgraphs as the client wrote them, by POST and by GET', async () => {
  answers.orders = '{"data":{"echo":"ok"}}';
  const query = 'query ($a: Json, $b: Long, $c: In, $d: [Long!]) { echo(a: $a, b: $b, c: $c, d: $d) }';
  const variables =
    '{"a":{"x":[1.10,{"y":1e400}]},"b":9007199254740993,"c":{"l":18446744073709551615,"x":1.5},"d":[1,20000000000000001]}';
  const ok = '{"data":{"echo":"ok"}}';
  assert.equal(await post(`{"query":${JSON.stringify(query)},"variables":${variables}}`), ok);
  const search = new URLSearchParams({ query, variables });
  const got = await fetch(`${gateway.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } });
  assert.equal(await got.text(), ok);
  for (const request of received.orders ?? []) {
    const sent = request.slice(request.indexOf('"variables":'));
    for (const part of [
      '{"x":[1.10,{"y":1e400}]}',
      '"b":9007199254740993',
      '{"l":18446744073709551615,"x":1.5}',
      '[1,20000000000000001]',
    ])
      assert.ok(sent.includes(part.replace(/^"b"/, '')), `${part} in ${sent}`);
  }
  assert.equal(received.orders?.length, 2);
});

test('numbers of literals reach subgraphs as the client wrote them', async () => {
  answers.orders = '{"data":{"echo":"ok"}}';
  const query =
    '{ echo(a: {x: [1.10, {y: 1e400}]}, b: 9007199254740993, c: {l: 18446744073709551615}, d: [20000000000000001]) }';
  assert.equal(await post(JSON.stringify({ query })), '{"data":{"echo":"ok"}}');
  const [request = ''] = received.orders ?? [];
  for (const number of ['1.10', '1e400', '9007199254740993', '18446744073709551615', '20000000000000001'])
    assert.ok(request.includes(number), `${number} in ${request}`);
});

test('an ID in a literal, a default or a variable keeps its digits', async () => {
  answers.orders = '{"data":{"byId":9007199254740993}}';
  const bodies = [
    '{"query":"{ byId(id: 9007199254740993) }"}',
    '{"query":"query ($id: ID = 9007199254740993) { byId(id: $id) }"}',
    '{"query":"query ($id: ID) { byId(id: $id) }","variables":{"id":9007199254740993}}',
  ];
  for (const body of bodies) assert.equal(await post(body), '{"data":{"byId":9007199254740993}}', body);
  for (const request of received.orders ?? []) assert.match(request, /[^0-9]9007199254740993[^0-9]/);
  assert.equal(received.orders?.length, 3);
});
