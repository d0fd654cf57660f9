import assert from 'node:assert/strict';
import { test } from 'node:test';
import { described, graphOf } from '../fixtures/graph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12",
  import: ["@key", "@external", "@requires", "@shareable", "@authenticated", "@policy", { name: "@requiresScopes", as: "@scoped" }])`;

const graph = graphOf({
  users: {
    schema: `${LINK}
      type Query {
        me: User
        users: [User!]!
        hidden: String @authenticated
        strict: String! @authenticated
        find(name: String!, by: Sort): User @policy(policies: [["search"]])
        nodes: [Node!]!
        things: [Thing!]!
        secretly: Secret
      }
      type Mutation { rename(name: String!): User! @scoped(scopes: [["users:write"]]) touch: User }
      enum Sort { NAME }
      interface Node { id: ID! }
      union Thing = User | Badge
      scalar Phone @authenticated
      type User implements Node @key(fields: "id") {
        id: ID!
        name: String
        email: String @authenticated
        iban: String! @scoped(scopes: [["money", "read"], ["admin"]])
        phone: Phone
        friends: [User!]!
      }
      type Badge implements Node { id: ID! label: String @authenticated }
      type Secret @authenticated { word: String }`,
    resolvers: {
      Query: {
        me: () => ({ id: '1' }),
        users: () => [{ id: '1' }, { id: '2' }],
        hidden: () => 'hidden',
        strict: () => 'strict',
        find: (_, { name }) => ({ id: '9', name }),
        nodes: () => [
          { __typename: 'User', id: '1' },
          { __typename: 'Badge', id: 'b' },
        ],
        things: () => [
          { __typename: 'User', id: '1' },
          { __typename: 'Badge', id: 'b' },
        ],
        secretly: () => ({ word: 'x' }),
      },
      Mutation: { rename: (_, { name }) => ({ id: '1', name }), touch: () => ({ id: '1' }) },
      User: {
        __resolveReference: (user) => user,
        name: ({ id, name }) => name ?? `user ${id}`,
        email: ({ id }) => `${id}@example.org`,
        iban: ({ id }) => `iban ${id}`,
        phone: () => '123',
        friends: () => [{ id: '3' }],
      },
      Badge: { label: () => 'gold' },
    },
  },
  scores: {
    schema: `${LINK}
      type Query { best: String }
      type User @key(fields: "id") { id: ID! email: String @external score: Int @authenticated points: Int @authenticated @requires(fields: "email") }`,
    resolvers: {
      User: {
        __resolveReference: (user) => user,
        score: () => 5,
        points: ({ email }) => email.length,
      },
    },
  },
});

const somebody = { scopes: [], policies: [] };
const texts = (requests: readonly { query: string; variables: unknown }[]) => JSON.stringify(requests);

test('an unauthorized field is null with an error, and is not fetched', async () => {
  const { data, errors, requests } = await graph.execute('{ me { name email score } }');
  assert.deepEqual(data, { me: { name: 'user 1', email: null, score: null } });
  assert.deepEqual(errors, [
    {
      message: 'The field User.email is not permitted.',
      path: ['me', 'email'],
      extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate: 'User.email' },
    },
    {
      message: 'The field User.score is not permitted.',
      path: ['me', 'score'],
      extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate: 'User.score' },
    },
  ]);
  assert.deepEqual(
    requests.map(({ subgraph, query }) => [subgraph, query]),
    [['users', '{me{name}}']],
  );
});

test('a caller that meets the requirements executes the whole operation', async () => {
  const { data, errors } = await graph.execute('{ me { email score phone } hidden }', {}, somebody);
  assert.deepEqual(data, { me: { email: '1@example.org', score: 5, phone: '123' }, hidden: 'hidden' });
  assert.deepEqual(errors, []);
});

test('all scopes of one list are required', async () => {
  const iban = async (...scopes: string[]) =>
    ((await graph.execute('{ me { iban } }', {}, { scopes, policies: [] })).data as { me: unknown }).me;
  assert.equal(await iban('money'), null);
  assert.equal(await iban('read'), null);
  assert.deepEqual(await iban('read', 'other', 'money'), { iban: 'iban 1' });
  assert.deepEqual(await iban('admin'), { iban: 'iban 1' });
});

test('policies and scopes are required independently', async () => {
  const query = 'query ($name: String!) { find(name: $name, by: NAME) { name } me { name } }';
  const variables = { name: 'Ada' };
  const without = await graph.execute(query, variables, { scopes: ['search'], policies: [] });
  assert.deepEqual(without.data, { find: null, me: { name: 'user 1' } });
  assert.doesNotMatch(texts(without.requests), /find|Ada|NAME|\$name/);
  const allowed = await graph.execute(query, variables, { scopes: [], policies: ['search'] });
  assert.deepEqual(allowed.data, { find: { name: 'Ada' }, me: { name: 'user 1' } });
});

test('null propagates from an unauthorized non-null field, with one error for all list items', async () => {
  const { data, errors } = await graph.execute('{ users { name iban } }');
  assert.equal(data, null);
  assert.deepEqual(described(errors), ['users.iban: The field User.iban is not permitted.']);
  const root = await graph.execute('{ strict me { name } }');
  assert.equal(root.data, null);
});

test('an operation without authorized fields is not fetched', async () => {
  const { data, errors, requests } = await graph.execute('{ hidden secretly { word } __typename }');
  assert.deepEqual(data, { hidden: null, secretly: null, __typename: 'Query' });
  assert.deepEqual(requests, []);
  assert.equal(errors.length, 2);
});

test('an object whose fields are all unauthorized is fetched for its existence', async () => {
  const { data, requests } = await graph.execute('{ me { email } }');
  assert.deepEqual(data, { me: { email: null } });
  assert.deepEqual(
    requests.map(({ query }) => query),
    ['{me{__typename}}'],
  );
});

test('an unauthorized mutation is not sent; an authorized one is, even if its selections are not', async () => {
  const refused = await graph.execute('mutation { rename(name: "Eve") { id } }', {}, somebody);
  assert.equal(refused.data, null);
  assert.deepEqual(refused.requests, []);
  const permitted = await graph.execute('mutation { touch { email } }');
  assert.deepEqual(permitted.data, { touch: { email: null } });
  assert.equal(permitted.requests.length, 1);
});

test('an unauthorized type is unauthorized wherever it is returned', async () => {
  const { data, errors } = await graph.execute('{ me { name phone } secretly { __typename } }');
  assert.deepEqual(data, { me: { name: 'user 1', phone: null }, secretly: null });
  assert.deepEqual(described(errors), [
    'me.phone: The field User.phone is not permitted.',
    'secretly: The field Query.secretly is not permitted.',
  ]);
});

test('fields in fragments are authorized by their possible objects', async () => {
  const query = `{ things { __typename ... on User { ...Who } ... on Badge { label id } } me { ...Who } }
    fragment Who on User { id more: email friends { email id } }`;
  const { data, errors, requests } = await graph.execute(query);
  const who = { id: '1', more: null, friends: [{ email: null, id: '3' }] };
  assert.deepEqual(data, {
    things: [
      { __typename: 'User', ...who },
      { __typename: 'Badge', label: null, id: 'b' },
    ],
    me: who,
  });
  assert.doesNotMatch(texts(requests), /email|label/);
  assert.deepEqual(described(errors), [
    'me.friends.email: The field User.email is not permitted.',
    'me.more: The field User.email is not permitted.',
    'things.friends.email: The field User.email is not permitted.',
    'things.label: The field Badge.label is not permitted.',
    'things.more: The field User.email is not permitted.',
  ]);
});

test('fields that are not included have no error', async () => {
  const query = 'query ($all: Boolean!) { me { name email @include(if: $all) } ... @include(if: $all) { hidden } }';
  const without = await graph.execute(query, { all: false });
  assert.deepEqual(without.data, { me: { name: 'user 1' } });
  assert.deepEqual(without.errors, []);
  const withAll = await graph.execute(query, { all: true });
  assert.deepEqual(withAll.data, { me: { name: 'user 1', email: null }, hidden: null });
  assert.equal(withAll.errors.length, 2);
});

test('requirements of an authorized field are fetched, and not returned', async () => {
  // Composition requires that callers of `points` also meet the requirements of `email`.
  const { data } = await graph.execute('{ me { points } }', {}, somebody);
  assert.deepEqual(data, { me: { points: '1@example.org'.length } });
  const refused = await graph.execute('{ me { points name } }');
  assert.deepEqual(refused.data, { me: { points: null, name: 'user 1' } });
  assert.doesNotMatch(texts(refused.requests), /email/);
});

test('an unauthorized key field is fetched, and not returned', async () => {
  const people = graphOf({
    people: {
      schema: `${LINK} type Query { person: Person } type Person @key(fields: "number") { number: ID! @authenticated name: String }`,
      resolvers: { Query: { person: () => ({ number: '42', name: 'Ada' }) } },
    },
    scores: {
      schema: `${LINK} type Query { best: String } type Person @key(fields: "number") { number: ID! @authenticated score: Int }`,
      resolvers: { Person: { __resolveReference: (person) => person, score: ({ number }) => Number(number) } },
    },
  });
  const { text, errors } = await people.execute('{ person { name score } }');
  assert.equal(text, '{"person":{"name":"Ada","score":42}}');
  assert.deepEqual(errors, []);
  const refused = await people.execute('{ person { name score number } }');
  assert.equal(refused.text, '{"person":null}');
  assert.deepEqual(described(refused.errors), ['person.number: The field Person.number is not permitted.']);
});
