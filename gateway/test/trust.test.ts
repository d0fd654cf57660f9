import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { composeServices } from '@apollo/composition';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { createContext, type StoppableContext } from '@marquee/runtime/process';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { registerGraphql } from '@marquee/subgraph/server';
import { readSigningKeys } from '@marquee/trust/signing-keys';
import { parse } from 'graphql';
import { type GatewayProcess, startGateway, temporarySupergraph } from './fixtures/gateway-process.ts';
import { AUDIENCE, createIssuer, ISSUER, type Issuer, temporaryFiles } from './fixtures/tokens.ts';

const directives = `
  directive @authenticated on FIELD_DEFINITION
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
`;
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])';
const schemaOf = (write: string, own: string) => `${link}
  type Query { movie: Movie asker: String ${own} }
  type Movie @key(fields: "id") { id: ID! title: String }
  type Mutation { rename(title: String!): String ${write} }
`;
const movies = `${directives} ${schemaOf('@requiresScopes(scopes: [["movies:write"]])', 'mine: [Movie!] @authenticated')}`;
const reviews = `${link} type Movie @key(fields: "id") { id: ID! review: String }`;

function compose(moviesSchema: string, urls: { movies: string; reviews: string }): string {
  const result = composeServices([
    { name: 'movies', url: urls.movies, typeDefs: parse(moviesSchema) },
    { name: 'reviews', url: urls.reviews, typeDefs: parse(reviews) },
  ]);
  if (result.errors !== undefined) throw new AggregateError(result.errors);
  return result.supergraphSdl;
}

const renamed: string[] = [];
const seen: (string | undefined)[] = [];
interface Context {
  readonly authorization: string | undefined;
  readonly identity?: { readonly subject: string };
}
const from = readingWhole<{ id: string }, Context>();
const resolvers = {
  Query: {
    movie: () => ({ id: '1', title: 'Alien' }),
    mine: () => [],
    asker: (_: unknown, __: unknown, { identity, authorization }: Context) => {
      seen.push(authorization);
      return identity?.subject ?? 'nobody';
    },
  },
  Mutation: { rename: (_: unknown, { title }: { title: string }) => renamed.push(title) && title },
  Movie: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    review: from((_, __, { identity }) => `for ${identity?.subject ?? 'nobody'}`),
  },
};
const { Movie, ...roots } = resolvers;

const [current = '', old = '', retired = ''] = ['c', 'b', 'a'].map(
  (id) => `${id}:${randomBytes(32).toString('base64url')}`,
);

async function serve(ctx: StoppableContext, typeDefs: string, own: object, keys: string): Promise<string> {
  const server = createHttpServer(ctx);
  await registerGraphql(server, ctx, {
    typeDefs,
    resolvers: own as typeof resolvers,
    facts: { Movie: ['id', 'title'] },
    createContext: (request) => ({ authorization: request.headers.authorization }),
    isUnavailable: () => false,
    signingKeys: readSigningKeys({ SUBGRAPH_SIGNING_KEYS: keys, SUBGRAPH_SIGNING_KEYS_FILE: undefined }),
  });
  return `http://127.0.0.1:${await listen(ctx, server, { host: '127.0.0.1', port: 0, variable: 'PORT' })}/graphql`;
}

describe('a gateway with signed requests', () => {
  const contexts = [createContext('movies', 'silent'), createContext('reviews', 'silent')] as const;
  const gateways: GatewayProcess[] = [];
  let urls: { movies: string; reviews: string };
  let issuer: Issuer;
  let files: ReturnType<typeof temporaryFiles>;
  let supergraph: ReturnType<typeof temporarySupergraph>;
  let gateway: GatewayProcess;

  before(async () => {
    issuer = await createIssuer('ES256');
    files = temporaryFiles({ 'issuer.pem': issuer.pem, 'signing-keys': `${current}\n${old}\n` });
    urls = {
      movies: await serve(
        contexts[0],
        movies,
        { ...roots, Movie: { __resolveReference: Movie.__resolveReference } },
        `${current},${old}`,
      ),
      reviews: await serve(contexts[1], reviews, { Movie }, `${current},${old}`),
    };
    supergraph = temporarySupergraph(compose(movies, urls));
    gateway = await start({ SUBGRAPH_SIGNING_KEYS_FILE: files.path('signing-keys') });
  });
  after(async () => {
    await Promise.all([...gateways.map((each) => each.stop()), ...contexts.map((ctx) => ctx.stop())]);
    supergraph?.remove();
    files?.remove();
  });

  async function start(env: Record<string, string>): Promise<GatewayProcess> {
    const auth = { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE, AUTH_PUBLIC_KEY_FILE: files.path('issuer.pem') };
    const started = await startGateway(supergraph.file, { ...auth, ...env });
    gateways.push(started);
    return started;
  }

  async function send(query: string, headers: Record<string, string> = {}, at = gateway) {
    const response = await fetch(`${at.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as {
      data?: Record<string, unknown> | null;
      errors?: { message: string; extensions: Record<string, unknown> }[];
    };
    return { status: response.status, challenge: response.headers.get('www-authenticate'), ...answer };
  }
  const bearer = async (claims = {}) => ({ authorization: `Bearer ${await issuer.token(claims)}` });

  it('directives of subgraphs do not appear in the supergraph', () => {
    assert.equal(compose(movies, urls), compose(schemaOf('', 'mine: [Movie!]'), urls));
    assert.doesNotMatch(compose(movies, urls), /authenticated|requiresScopes|movies:write/);
  });

  it('the gateway sends the identity to each subgraph in a header that clients cannot set', async () => {
    const query = '{ asker movie { title review } }';
    const nobody = { asker: 'nobody', movie: { title: 'Alien', review: 'for nobody' } };
    assert.deepEqual((await send(query)).data, nobody);
    const forged = Buffer.from('{"sub":"root","scope":"movies:write"}').toString('base64url');
    assert.deepEqual((await send(query, { 'marquee-identity': forged })).data, nobody);
    const headers = { ...(await bearer()), 'marquee-identity': forged };
    assert.deepEqual((await send(query, headers)).data, { asker: 'ada', movie: { title: 'Alien', review: 'for ada' } });
    assert.deepEqual(new Set(seen), new Set([undefined]), 'a client’s token stays at the gateway');
  });

  it('subgraphs reject other senders', async () => {
    for (const url of Object.values(urls)) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await bearer()) },
        body: '{"query":"{ _service { sdl } }"}',
      });
      assert.equal(response.status, 401);
      assert.match(await response.text(), /UNTRUSTED_REQUEST/);
    }
  });

  it('a token without the scope changes nothing, and the error names the scope', async () => {
    const rename = (title: string, headers?: Record<string, string>) =>
      send(`mutation { rename(title: "${title}") }`, headers);
    const anonymous = await rename('A');
    assert.deepEqual([anonymous.status, anonymous.data], [200, { rename: null }]);
    assert.equal(anonymous.errors?.[0]?.extensions.code, 'UNAUTHENTICATED');
    const reader = await rename('B', await bearer({ scope: 'movies:read' }));
    assert.deepEqual(reader.data, { rename: null });
    assert.equal(reader.errors?.[0]?.message, 'The token lacks the scope movies:write.');
    assert.equal(reader.errors?.[0]?.extensions.code, 'FORBIDDEN');
    assert.deepEqual(reader.errors?.[0]?.extensions.missingScopes, ['movies:write']);
    assert.deepEqual(renamed, []);
    assert.deepEqual((await rename('C', await bearer({ scopes: ['movies:write'] }))).data, { rename: 'C' });
    assert.deepEqual(renamed, ['C']);
    assert.equal((await send('{ mine { id } }')).errors?.[0]?.extensions.code, 'UNAUTHENTICATED');
    assert.deepEqual((await send('{ mine { id } }', await bearer())).data, { mine: [] });
  });

  it('an invalid token is rejected with any operation', async () => {
    const now = Math.floor(Date.now() / 1000);
    const table: [Record<string, string>, RegExp][] = [
      [await bearer({ exp: now - 60 }), /has expired/],
      [await bearer({ iss: 'https://elsewhere.example/' }), /`iss`/],
      [await bearer({ aud: 'https://elsewhere.example/' }), /`aud`/],
      [{ authorization: `Bearer ${await (await createIssuer('ES256')).token()}` }, /token is invalid/],
      [{ authorization: `Bearer ${await (await createIssuer('RS256')).token()}` }, /algorithm/],
      [{ authorization: 'Bearer' }, /must be `Bearer` and a token/],
      [{ authorization: 'Basic YWRhOmFkYQ==' }, /must be `Bearer` and a token/],
    ];
    for (const [headers, message] of table) {
      const { status, challenge, data, errors } = await send('{ __typename }', headers);
      assert.deepEqual([status, challenge, data], [401, 'Bearer error="invalid_token"', undefined]);
      assert.deepEqual(
        errors?.map(({ extensions }) => extensions),
        [{ code: 'UNAUTHENTICATED' }],
      );
      assert.match(errors?.[0]?.message ?? '', message);
    }
  });

  it('federation fields of subgraphs are not part of the API schema', async () => {
    for (const query of [
      '{ _service { sdl } }',
      '{ _entities(representations: [{ __typename: "Movie", id: 1 }]) { __typename } }',
    ]) {
      const { data, errors } = await send(query);
      assert.equal(data, undefined);
      assert.equal(errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    }
  });

  it('keys rotate one process at a time; a removed key is rejected without a reason for the client', async () => {
    const before = await start({ SUBGRAPH_SIGNING_KEYS: `${old},${current}` });
    assert.deepEqual((await send('{ asker }', {}, before)).data, { asker: 'nobody' });
    for (const env of [{ SUBGRAPH_SIGNING_KEYS: retired }, { NODE_ENV: 'production' }] as Record<string, string>[]) {
      const wrong = await start(env);
      const { data, errors } = await send('{ asker }', {}, wrong);
      assert.deepEqual(data, { asker: null });
      assert.deepEqual(errors?.[0]?.extensions, { code: 'SUBGRAPH_REFUSED', serviceName: 'movies' });
      assert.equal(errors?.[0]?.message, 'The subgraph movies rejects requests of this gateway.');
      const warned = wrong.log().filter(({ msg }) => msg.startsWith('requests to subgraphs are not signed'));
      assert.equal(warned.length, 'NODE_ENV' in env ? 1 : 0);
    }
  });
});
