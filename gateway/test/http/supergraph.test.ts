import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLogger } from '@marquee/runtime/logger';
import fastify from 'fastify';
import { TokenKeysUnavailable, TokenRejected } from '../../src/http/auth/authentication.ts';
import { createAuthentication, createTokenIdentification } from '../../src/http/auth/identity.ts';
import { registerSupergraph } from '../../src/http/supergraph.ts';
import { startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { composed } from '../fixtures/graph.ts';
import { AUDIENCE, createIssuer, ISSUER, temporaryFiles } from '../fixtures/tokens.ts';

describe('the supergraph that is served', () => {
  const server = fastify();
  let url: string;
  before(async () => {
    const identify = createTokenIdentification(async (token) => {
      if (token === 'unknown') throw new TokenRejected('The token is not good.');
      if (token === 'later') throw new TokenKeysUnavailable('The keys are not to be had.');
      return {
        subject: 'operator',
        scopes: token === 'operator' ? ['movies:write', 'supergraph:read'] : ['movies:write'],
        policies: [],
      };
    });
    registerSupergraph(
      server,
      () => 'type Query { movie: String }',
      createAuthentication(identify, createLogger('test', 'silent')),
    );
    url = `${await server.listen({ port: 0, host: '127.0.0.1' })}/supergraph`;
  });
  after(() => server.close());

  const send = (token?: string) =>
    fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

  it('is sent to a token with the scope', async () => {
    const response = await send('operator');
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(await response.text(), 'type Query { movie: String }');
  });

  for (const { token, status, challenge } of [
    { token: undefined, status: 401, challenge: /^Bearer$/ },
    { token: 'unknown', status: 401, challenge: /error="invalid_token"/ },
    { token: 'client', status: 403, challenge: /error="insufficient_scope", scope="supergraph:read"/ },
    { token: 'later', status: 503, challenge: undefined },
  ]) {
    it(`is not sent to ${token ?? 'a request without a token'}: ${status}`, async () => {
      const response = await send(token);
      assert.equal(response.status, status);
      if (challenge) assert.match(response.headers.get('www-authenticate') ?? '', challenge);
      assert.doesNotMatch(await response.text(), /movie/);
    });
  }
});

it('is sent by a gateway without introspection', async () => {
  const part = { schema: 'type Query { movie: String }' };
  const { supergraphSdl } = composed({ movies: part }, () => 'http://127.0.0.1:1/graphql');
  const issuer = await createIssuer();
  const keys = temporaryFiles({ 'issuer.pem': issuer.pem });
  const supergraph = temporarySupergraph(supergraphSdl);
  const gateway = await startGateway(supergraph.file, {
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_PUBLIC_KEY_FILE: keys.path('issuer.pem'),
    GRAPHQL_INTROSPECTION: 'off',
  });
  try {
    const send = async (claims: { scope: string }) => {
      const headers = { authorization: `Bearer ${await issuer.token(claims)}` };
      return fetch(`${gateway.url}/supergraph`, { headers });
    };
    const told = await send({ scope: 'supergraph:read' });
    assert.equal(told.status, 200);
    assert.equal(await told.text(), supergraphSdl);
    assert.equal((await send({ scope: 'movies:write' })).status, 403);
    assert.equal((await fetch(`${gateway.url}/supergraph`)).status, 401);
  } finally {
    assert.equal(await gateway.stop(), 0);
    keys.remove();
    supergraph.remove();
  }
});
