import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';
import { AUDIENCE, type Claims, createIssuer, ISSUER, type Issuer, temporaryFiles } from '../fixtures/tokens.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@authenticated", "@policy",
  { name: "@requiresScopes", as: "@scoped" }, { name: "@cost", as: "@weighs" }, { name: "@listSize", as: "@sized" }, "@cacheTag"])`;

let graph: ServedGraph;
let issuer: Issuer;
let files: ReturnType<typeof temporaryFiles>;

before(async () => {
  issuer = await createIssuer('ES256');
  files = temporaryFiles({ key: issuer.pem });
  const user = (id: string) => ({ id, name: `user ${id}` });
  graph = await startGraph(
    {
      users: {
        schema: `${LINK}
          type Query { me: User users(first: Int): [User] @sized(slicingArguments: ["first"]) @cacheTag(format: "users") }
          type Mutation { rename(name: String!): User @scoped(scopes: [["users:write"]]) }
          type User @key(fields: "id") @weighs(weight: 3) { id: ID! name: String email: String @authenticated }`,
        resolvers: {
          Query: { me: () => user('1'), users: () => [user('1'), user('2')] },
          Mutation: { rename: (_, { name }) => ({ id: '1', name }) },
          User: { __resolveReference: ({ id }) => user(id), email: ({ id }) => `${id}@example.org` },
        },
      },
      notes: {
        schema: `${LINK} type User @key(fields: "id") { id: ID! notes: [String!] @policy(policies: [["owner"], ["staff", "on duty"]]) }`,
        resolvers: { User: { __resolveReference: (one) => one, notes: ({ id }) => [`note of ${id}`] } },
      },
    },
    {
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_ALGORITHMS: 'ES256',
      AUTH_PUBLIC_KEY_FILE: files.path('key'),
      MAX_COST: '100',
    },
  );
});
after(async () => {
  await graph?.stop();
  files?.remove();
});

async function send(query: string, claims?: Claims) {
  const first = graph.requests.length;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (claims !== undefined) headers.authorization = `Bearer ${await issuer.token(claims)}`;
  const response = await fetch(`${graph.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors = [] } = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
  };
  return { data, errors, requests: graph.requests.slice(first) };
}

const QUERY = '{ me { name email notes } }';

test('each caller gets the fields that the directives permit', async () => {
  const nobody = await send(QUERY);
  assert.deepEqual(nobody.data, { me: { name: 'user 1', email: null, notes: null } });
  assert.deepEqual(
    nobody.errors.map(({ path, extensions }) => [path, extensions]),
    [
      [['me', 'email'], { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate: 'User.email' }],
      [['me', 'notes'], { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate: 'User.notes' }],
    ],
  );
  assert.deepEqual(
    nobody.requests.map(({ subgraph, query }) => [subgraph, query]),
    [['users', '{me{name}}']],
  );
  const somebody = await send(QUERY, {});
  assert.deepEqual(somebody.data, { me: { name: 'user 1', email: '1@example.org', notes: null } });
  const owner = await send(QUERY, { policies: ['owner'] });
  assert.deepEqual(owner.data, { me: { name: 'user 1', email: '1@example.org', notes: ['note of 1'] } });
  assert.deepEqual(owner.errors, []);
  assert.deepEqual((await send(QUERY, { policies: ['staff'] })).data, somebody.data);
  assert.deepEqual((await send(QUERY, { policies: ['staff', 'on duty'] })).data, owner.data);
});

test('concurrent callers share no unauthorized result', async () => {
  const claims = [undefined, {}, { policies: ['owner'] }, { policies: ['staff'] }];
  const all = await Promise.all(Array.from({ length: 40 }, (_, index) => send(QUERY, claims[index % 4])));
  for (const [index, { data }] of all.entries()) {
    const { email, notes } = (data as { me: { email: unknown; notes: unknown } }).me;
    assert.equal(email !== null, index % 4 !== 0, `email ${index}`);
    assert.equal(notes !== null, index % 4 === 2, `notes ${index}`);
  }
});

test('a mutation without its scope is not sent', async () => {
  const refused = await send('mutation { rename(name: "Eve") { name } }', {});
  assert.deepEqual(refused.data, { rename: null });
  assert.equal(refused.errors[0]?.extensions.coordinate, 'Mutation.rename');
  assert.deepEqual(refused.requests, []);
  const done = await send('mutation { rename(name: "Eve") { name } }', { scope: 'users:write' });
  assert.deepEqual(done.data, { rename: { name: 'Eve' } });
});

test("costs are those of the supergraph's linked directives", async () => {
  assert.deepEqual((await send('{ users(first: 33) { id } }')).errors, []);
  const { errors } = await send('{ users(first: 34) { id } }');
  assert.deepEqual(errors[0]?.extensions, { code: 'COST_LIMIT_EXCEEDED', cost: 102, limit: 100 });
  assert.equal((await send('{ users { id } }')).errors[0]?.extensions.code, 'SLICING_ARGUMENT_REQUIRED');
});
