import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildSchema } from 'graphql';
import { hideNames, type RequestNames } from '../../src/http/hidden-names.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const PARTS = {
  shop: {
    schema: `
      type Query { secretItem(secretKey: ID!, secretFilter: SecretFilter): SecretItem secretList: [SecretItem!] any: SecretUnion }
      type Mutation { addSecret(secretInput: SecretInput!): SecretItem }
      interface SecretNode { id: ID! }
      type SecretItem implements SecretNode { id: ID! title: String! secretColour: SecretColour parent: SecretItem }
      type SecretOther { id: ID! }
      union SecretUnion = SecretItem | SecretOther
      enum SecretColour { SECRET_RED SECRET_BLUE }
      input SecretFilter { secretColour: SecretColour secretMax: Int }
      input SecretInput { secretTitle: String! secretSize: Int secretFilter: SecretFilter }`,
    answer: () => ({ data: { any: null, secretList: [{ id: '1', title: null }], x: [{ y: null }] } }),
  },
};

let hidden: ServedGraph;
let shown: ServedGraph;
before(async () => {
  [hidden, shown] = await Promise.all([startGraph(PARTS, { NODE_ENV: 'production' }), startGraph(PARTS)]);
});
after(() => Promise.all([hidden?.stop(), shown?.stop()]));

/** Names of the schema, which no message may contain unless the client wrote them. */
const NAMES = /\w*secret\w*|\btitle\b/gi;

const tables: [query: string, variables?: Record<string, unknown>][] = [
  ['{ secretItem { id } }'],
  ['{ secretItems { id } }'],
  ['{ any { id } }'],
  ['{ any { ... on SecretOther { titel } } }'],
  ['{ secretItem(secretKey: 1, filter: {}) { id } }'],
  ['{ secretItem(secretKey: 1, secretFilter: {}) }'],
  ['{ secretItem(secretKey: 1) { id { x } } }'],
  ['{ secretItem(secretKey: 1, secretFilter: { secretColour: SECRET_GREEN }) { id } }'],
  ['{ secretItem(secretKey: 1, secretFilter: { secretMax: "x", other: 1 }) { id } }'],
  ['query ($filter: SecretFilte) { any { __typename } }'],
  ['query ($a: Int) { secretItem(secretKey: $a) { id } }'],
  ['query ($a: String!) { secretItem(secretKey: 1, secretFilter: $a) { id } }'],
  ['mutation ($a: SecretInput!) { addSecret(secretInput: $a) { id } }', { a: {} }],
  ['mutation ($a: SecretInput!) { addSecret(secretInput: $a) { id } }', { a: { secretTitle: 'x', secretSiz: 1 } }],
  ['mutation ($a: SecretInput!) { addSecret(secretInput: $a) { id } }', { a: [] }],
  [
    'mutation ($a: SecretInput!) { addSecret(secretInput: $a) { id } }',
    { a: { secretTitle: '"', secretFilter: { secretColour: 'RED' } } },
  ],
  ['mutation ($a: SecretInput!) { addSecret(secretInput: $a) { id } }', { a: null }],
  ['{ x: secretList { y: title } }'],
];

for (const [query, variables = {}] of tables) {
  test(`messages name what the client wrote: ${query} ${JSON.stringify(variables)}`, async () => {
    const answer = await hidden.query(query, variables);
    const written = new Set([...`${query} ${JSON.stringify(variables)}`.matchAll(/\w+/g)].map(([name]) => name));
    const told = JSON.stringify(answer).replace(/"path":\[[^\]]*\]/g, '');
    const leaked = [...told.matchAll(NAMES)].map(([name]) => name).filter((name) => !written.has(name));
    assert.deepEqual(leaked, [], told);
    assert.notEqual(answer.errors?.[0]?.extensions.code, 'INTERNAL_SERVER_ERROR');
  });
}

test('names and suggestions are shown where the IDE is', async () => {
  const [error] = (await shown.query('{ secretItems { id } }')).errors ?? [];
  assert.equal(
    error?.message,
    'Cannot query field "secretItems" on type "Query". Did you mean "secretItem" or "secretList"?',
  );
  const [variable] = (await shown.query(tables[13]?.[0] ?? '', tables[13]?.[1])).errors ?? [];
  assert.match(variable?.message ?? '', /Did you mean "secretSize"/);
});

test('no response may be stored', async () => {
  const url = `${hidden.url}/graphql`;
  const headers = { 'content-type': 'application/json' };
  const bodies = ['{"query":"{ any { __typename } }"}', '{"query":"{ nothing }"}', '{"query', '[]'];
  const answers = [
    ...bodies.map((body) => fetch(url, { method: 'POST', headers, body })),
    fetch(`${url}?query={__typename}`, { headers: { ...headers } }),
    fetch(url, { method: 'PUT' }),
    fetch(`${url}?query={any{...@defer{__typename}}}`, {
      headers: { ...headers, accept: 'multipart/mixed;deferSpec=20220824' },
    }),
  ];
  for (const answer of await Promise.all(answers)) assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('the names of a request are collected once for all its messages', () => {
  const schema = buildSchema('type Query { title: String id: ID year: Int }');
  for (const [name, near] of [
    ['title', 'titlex'],
    ['id', 'xid'],
    ['year', 'year1_'],
  ] as const) {
    let reads = 0;
    const variables = {
      toJSON() {
        reads += 1;
        return { near: near.repeat(30_000) };
      },
    };
    const written: RequestNames = {
      schema,
      params: { query: `query ($a: Int) { title(a: "${near}") }`, variables },
    };
    const messages = Array.from({ length: 1_000 }, () => hideNames(`Field "${name}" and "${near}".`, written));
    assert.deepEqual(new Set(messages), new Set([`Field "${name === 'title' ? name : '…'}" and "${near}".`]));
    assert.equal(reads, 1);
  }
});
