import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { enforceAuthorization } from '@marquee/subgraph/authorization';
import { parse } from 'graphql';
import { newKey, type ServedSubgraph, serveSubgraph, signed } from './fixtures/served.ts';

const directives = `
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
`;
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])';
const typeDefs = `${link} ${directives}
  type Query { film: Film }
  type Film @key(fields: "id") {
    id: ID!
    title: String
    budget: Int @authenticated
    notes: String @requiresScopes(scopes: [["notes:read", "films:read"], ["admin"]])
    contract: String! @requiresScopes(scopes: [["contracts:read"]])
    never: String @requiresScopes(scopes: [])
  }
  type Mutation { rename(title: String!): String @authenticated @requiresScopes(scopes: [["films:write"]]) }
  extend type Query { drafts: [Film!] @requiresScopes(scopes: [["films:write"]]) }
`;
const renamed: string[] = [];
const film = { __typename: 'Film', id: '1', title: 'Alien', budget: 11, notes: 'n', contract: 'c', never: 'x' };
const resolvers = {
  Query: { film: () => film, drafts: () => [film] },
  Film: { __resolveReference: () => film },
  Mutation: { rename: (_: unknown, { title }: { title: string }) => renamed.push(title) && title },
};
const facts = { Film: ['id', 'title', 'budget', 'notes', 'contract', 'never'] };
const key = newKey('k');

describe('authorization over HTTP', () => {
  let films: ServedSubgraph;
  before(async () => {
    films = await serveSubgraph({ name: 'films', typeDefs, resolvers, facts, signingKeys: [key] });
  });
  after(() => films.ctx.stop());

  async function ask(query: string, scopes?: readonly string[], variables = {}) {
    const body = JSON.stringify({ query, variables });
    const identity = scopes && { identity: { subject: 'ada', scopes } };
    const response = await films.post(body, signed({ key, subgraph: 'films', body, ...identity }));
    const { data, errors } = (await response.json()) as {
      data: unknown;
      errors?: { message: string; path: string[]; extensions: object }[];
    };
    return { data, errors: errors?.map(({ message, path, extensions }) => ({ message, path, extensions })) };
  }

  const unauthenticated = (path: string[]) => ({
    message: 'This needs a token: send `Authorization: Bearer …`.',
    path,
    extensions: { code: 'UNAUTHENTICATED' },
  });
  const forbidden = (path: string[], message: string, missingScopes: string[], requiredScopes: string[][]) => ({
    message,
    path,
    extensions: { code: 'FORBIDDEN', missingScopes, requiredScopes },
  });

  it('leaves fields without a directive to everybody', async () => {
    assert.deepEqual(await ask('{ film { title } }'), { data: { film: { title: 'Alien' } }, errors: undefined });
  });

  it('refuses those whom nobody vouches for, field by field', async () => {
    assert.deepEqual(await ask('{ film { title budget notes } drafts { id } }'), {
      data: { film: { title: 'Alien', budget: null, notes: null }, drafts: null },
      errors: [['film', 'budget'], ['film', 'notes'], ['drafts']].map(unauthenticated),
    });
  });

  it('takes any token where a token is enough', async () => {
    assert.deepEqual((await ask('{ film { budget } }', [])).data, { film: { budget: 11 } });
  });

  it('needs all scopes of one of the lists, and names those that are lacking to the nearest', async () => {
    const alternatives = [['notes:read', 'films:read'], ['admin']];
    for (const scopes of [['notes:read', 'films:read'], ['admin'], ['films:read', 'x', 'notes:read']]) {
      assert.deepEqual((await ask('{ film { notes } }', scopes)).data, { film: { notes: 'n' } }, scopes.join());
    }
    const path = ['film', 'notes'];
    assert.deepEqual((await ask('{ film { notes } }', ['films:read'])).errors, [
      forbidden(path, 'The token lacks the scope notes:read.', ['notes:read'], alternatives),
    ]);
    assert.deepEqual((await ask('{ film { contract } }', ['contracts'])).errors, [
      forbidden(
        ['film', 'contract'],
        'The token lacks the scope contracts:read.',
        ['contracts:read'],
        [['contracts:read']],
      ),
    ]);
    assert.deepEqual((await ask('{ film { never } }', ['admin'])).errors, [
      forbidden(['film', 'never'], 'No token permits this.', [], []),
    ]);
  });

  it('changes nothing for a token without the scope', async () => {
    const rename = 'mutation ($title: String!) { rename(title: $title) }';
    assert.deepEqual(await ask(rename, undefined, { title: 'A' }), {
      data: { rename: null },
      errors: [unauthenticated(['rename'])],
    });
    const { errors } = await ask(rename, ['films:read'], { title: 'B' });
    assert.deepEqual(errors, [
      forbidden(['rename'], 'The token lacks the scope films:write.', ['films:write'], [['films:write']]),
    ]);
    assert.deepEqual(renamed, []);
    assert.deepEqual((await ask(rename, ['films:write'], { title: 'C' })).data, { rename: 'C' });
    assert.deepEqual(renamed, ['C']);
  });

  it('holds for entities, aliases and fragments alike', async () => {
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Film { money: budget ...Rest } }
    }
    fragment Rest on Film { notes }`;
    const { data, errors } = await ask(query, undefined, { representations: [{ __typename: 'Film', id: '1' }] });
    assert.deepEqual(data, { _entities: [{ money: null, notes: null }] });
    assert.equal(errors?.length, 2);
  });
});

describe('a schema that protects', () => {
  const build = (sdl: string) => enforceAuthorization(buildSubgraphSchema(parse(sdl)));

  it('is refused where the directive would protect nothing', () => {
    const table: [string, RegExp][] = [
      ['type Query @authenticated { a: Int }', /@authenticated on Query would protect nothing/],
      ['type Query { a: A } scalar A @requiresScopes(scopes: [["a"]])', /@requiresScopes on A would/],
      ['type Query { a: A } enum A @authenticated { B }', /@authenticated on A would/],
      [
        'type Query { a: A } interface A { b: Int @authenticated } type B implements A { b: Int }',
        /@authenticated on A\.b would/,
      ],
      ['type Query { a: Int } extend type Query @authenticated { b: Int }', /@authenticated on Query would/],
    ];
    for (const [sdl, message] of table) assert.throws(() => build(`${link} ${directives} ${sdl}`), message, sdl);
  });

  it('may take the directives from the federation specification instead', async () => {
    const imported = link.replace('"@key"', '"@key", "@authenticated"');
    const schema = buildSubgraphSchema(
      parse(`${imported} type Query { a: Int @authenticated b: Int @federation__requiresScopes(scopes: [["s"]]) }`),
    );
    enforceAuthorization(schema);
    for (const name of ['a', 'b']) {
      const field = schema.getQueryType()?.getFields()[name];
      assert.throws(() => field?.resolve?.({ [name]: 1 }, {}, { identity: undefined }, {} as never), /needs a token/);
    }
  });
});
