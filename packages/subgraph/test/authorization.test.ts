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
  type Query { movie: Movie }
  type Movie @key(fields: "id") {
    id: ID!
    title: String
    budget: Int @authenticated
    notes: String @requiresScopes(scopes: [["notes:read", "movies:read"], ["admin"]])
    contract: String! @requiresScopes(scopes: [["contracts:read"]])
    never: String @requiresScopes(scopes: [])
  }
  type Mutation { rename(title: String!): String @authenticated @requiresScopes(scopes: [["movies:write"]]) }
  extend type Query { drafts: [Movie!] @requiresScopes(scopes: [["movies:write"]]) }
`;
const renamed: string[] = [];
const movie = { __typename: 'Movie', id: '1', title: 'Alien', budget: 11, notes: 'n', contract: 'c', never: 'x' };
const resolvers = {
  Query: { movie: () => movie, drafts: () => [movie] },
  Movie: { __resolveReference: () => movie },
  Mutation: { rename: (_: unknown, { title }: { title: string }) => renamed.push(title) && title },
};
const facts = { Movie: ['id', 'title', 'budget', 'notes', 'contract', 'never'] };
const key = newKey('k');

describe('authorization over HTTP', () => {
  let movies: ServedSubgraph;
  before(async () => {
    movies = await serveSubgraph({ name: 'movies', typeDefs, resolvers, facts, signingKeys: [key] });
  });
  after(() => movies.ctx.stop());

  async function ask(query: string, scopes?: readonly string[], variables = {}) {
    const body = JSON.stringify({ query, variables });
    const identity = scopes && { identity: { subject: 'ada', scopes } };
    const response = await movies.post(body, signed({ key, subgraph: 'movies', body, ...identity }));
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
    assert.deepEqual(await ask('{ movie { title } }'), { data: { movie: { title: 'Alien' } }, errors: undefined });
  });

  it('refuses those whom nobody vouches for, field by field', async () => {
    assert.deepEqual(await ask('{ movie { title budget notes } drafts { id } }'), {
      data: { movie: { title: 'Alien', budget: null, notes: null }, drafts: null },
      errors: [['movie', 'budget'], ['movie', 'notes'], ['drafts']].map(unauthenticated),
    });
  });

  it('takes any token where a token is enough', async () => {
    assert.deepEqual((await ask('{ movie { budget } }', [])).data, { movie: { budget: 11 } });
  });

  it('needs all scopes of one of the lists, and names those that are lacking to the nearest', async () => {
    const alternatives = [['notes:read', 'movies:read'], ['admin']];
    for (const scopes of [['notes:read', 'movies:read'], ['admin'], ['movies:read', 'x', 'notes:read']]) {
      assert.deepEqual((await ask('{ movie { notes } }', scopes)).data, { movie: { notes: 'n' } }, scopes.join());
    }
    const path = ['movie', 'notes'];
    assert.deepEqual((await ask('{ movie { notes } }', ['movies:read'])).errors, [
      forbidden(path, 'The token lacks the scope notes:read.', ['notes:read'], alternatives),
    ]);
    assert.deepEqual((await ask('{ movie { contract } }', ['contracts'])).errors, [
      forbidden(
        ['movie', 'contract'],
        'The token lacks the scope contracts:read.',
        ['contracts:read'],
        [['contracts:read']],
      ),
    ]);
    assert.deepEqual((await ask('{ movie { never } }', ['admin'])).errors, [
      forbidden(['movie', 'never'], 'No token permits this.', [], []),
    ]);
  });

  it('changes nothing for a token without the scope', async () => {
    const rename = 'mutation ($title: String!) { rename(title: $title) }';
    assert.deepEqual(await ask(rename, undefined, { title: 'A' }), {
      data: { rename: null },
      errors: [unauthenticated(['rename'])],
    });
    const { errors } = await ask(rename, ['movies:read'], { title: 'B' });
    assert.deepEqual(errors, [
      forbidden(['rename'], 'The token lacks the scope movies:write.', ['movies:write'], [['movies:write']]),
    ]);
    assert.deepEqual(renamed, []);
    assert.deepEqual((await ask(rename, ['movies:write'], { title: 'C' })).data, { rename: 'C' });
    assert.deepEqual(renamed, ['C']);
  });

  it('holds for entities, aliases and fragments alike', async () => {
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Movie { money: budget ...Rest } }
    }
    fragment Rest on Movie { notes }`;
    const { data, errors } = await ask(query, undefined, { representations: [{ __typename: 'Movie', id: '1' }] });
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
