import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { IDENTITY_HEADER } from '@marquee/trust/identity';
import { signRequest } from '@marquee/trust/request-signature';
import { newKey, type ServedSubgraph, serveSubgraph, signed } from './fixtures/served.ts';

const typeDefs = `
  type Query { asker: String }
`;
let resolved = 0;
const resolvers = {
  Query: {
    asker: (_: unknown, __: unknown, context: { identity?: { subject: string } }) => {
      resolved += 1;
      return context.identity?.subject ?? 'nobody';
    },
  },
};
const body = '{"query":"{ asker }"}';
const ada = { subject: 'ada', scopes: ['movies:write'] };
const [current, old, stranger] = [newKey('b'), newKey('a'), newKey('b')];

describe('a subgraph with keys', () => {
  let movies: ServedSubgraph;
  before(async () => {
    movies = await serveSubgraph({ name: 'movies', typeDefs, resolvers, signingKeys: [current, old] });
  });
  after(() => movies.ctx.stop());

  const sign = (more: Partial<Parameters<typeof signed>[0]> = {}, nowMs?: number) =>
    signed({ key: current, subgraph: 'movies', body, ...more }, nowMs);
  const asker = async (headers: Record<string, string>) => {
    const response = await movies.post(body, headers);
    return [response.status, await response.json()];
  };

  it('answers what was signed with any of them, and knows who asks', async () => {
    assert.deepEqual(await asker(sign()), [200, { data: { asker: 'nobody' } }]);
    assert.deepEqual(await asker(sign({ key: old })), [200, { data: { asker: 'nobody' } }]);
    assert.deepEqual(await asker(sign({ identity: ada })), [200, { data: { asker: 'ada' } }]);
  });

  it('refuses everything else in the same words, runs nothing, and counts the reason', async () => {
    const other = '{"query":"{ movie(id: 1) { id } }"}';
    const { [IDENTITY_HEADER]: _, ...withoutIdentity } = sign({ identity: ada });
    const cases: [string, string, Record<string, string>][] = [
      ['unsigned', body, {}],
      [
        'unsigned',
        body,
        { authorization: 'Bearer x', [IDENTITY_HEADER]: sign({ identity: ada })[IDENTITY_HEADER] ?? '' },
      ],
      ['malformed', body, { ...sign(), signature: 'marquee=:AAAA:' }],
      ['malformed', body, { ...sign(), [IDENTITY_HEADER]: sign({ identity: ada })[IDENTITY_HEADER] ?? '' }],
      ['malformed', body, withoutIdentity],
      ['unknown-key', body, sign({ key: newKey('c') })],
      ['wrong-signature', body, sign({ key: stranger })],
      ['other-subgraph', body, sign({ subgraph: 'people' })],
      ['out-of-time', body, sign({}, Date.now() - 62_000)],
      ['out-of-time', body, sign({}, Date.now() + 62_000)],
      ['other-body', other, sign()],
      ['other-body', `${body} `, sign()],
      ['wrong-signature', other, { ...sign(), 'content-digest': sign({ body: other })['content-digest'] ?? '' }],
      ['other-body', '{ not JSON', sign()],
    ];
    const before = resolved;
    for (const [reason, content, headers] of cases) {
      const count = await counted(reason);
      const response = await movies.post(content, headers);
      assert.equal(response.status, 401, reason);
      assert.equal(response.headers.get('www-authenticate'), 'Signature');
      assert.deepEqual(await response.json(), {
        errors: [{ message: 'Only the gateway is answered here.', extensions: { code: 'UNTRUSTED_REQUEST' } }],
      });
      assert.equal(await counted(reason), count + 1, `${reason}: ${JSON.stringify(headers)}`);
    }
    assert.equal(resolved, before);
  });

  async function counted(reason: string): Promise<number> {
    const metrics = await movies.ctx.metrics.metrics();
    return Number(new RegExp(`marquee_refused_requests_total\\{reason="${reason}".* (\\d+)`).exec(metrics)?.[1]);
  }

  it('answers GET only when it is signed, its query with it', async () => {
    const target = `/graphql?query=${encodeURIComponent('{ asker }')}`;
    const get = (path: string, headers: Record<string, string>) =>
      fetch(`${movies.base}${path}`, { headers: { 'apollo-require-preflight': '1', ...headers } });
    assert.equal((await get(target, {})).status, 401);
    const headers = signRequest({ method: 'GET', target, body: '', subgraph: 'movies', identity: undefined }, current);
    assert.deepEqual(await (await get(target, headers)).json(), { data: { asker: 'nobody' } });
    assert.equal((await get(target.replace('asker', '__typename'), headers)).status, 401);
    assert.equal((await get('/graphql', headers)).status, 401);
    assert.equal((await fetch(`${movies.base}/graphql`, { method: 'HEAD' })).status, 401);
  });

  it('refuses before the body has come', async () => {
    const socket = connect(Number(new URL(movies.base).port), '127.0.0.1');
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{',
    );
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 401 /);
    socket.destroy();
  });

  it('does not take a signed body for anything but JSON', async () => {
    const broken = '{ not JSON';
    assert.equal((await movies.post(broken, sign({ body: broken }))).status, 400);
    const poisoned = '{"query":"{ asker }","__proto__":{"query":"{ movie }"}}';
    assert.equal((await movies.post(poisoned, sign({ body: poisoned }))).status, 400);
    assert.equal((await movies.post(body, { ...sign(), 'content-type': 'text/plain' })).status, 415);
  });

  it('shows health and metrics to everybody', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      assert.equal((await fetch(`${movies.base}${path}`)).status, 200, path);
    }
  });
});

describe('a subgraph without keys', () => {
  it('answers everybody, believes who they say they are, and takes no identity that is none', async (t) => {
    const movies = await serveSubgraph({ name: 'movies', typeDefs, resolvers, signingKeys: [] });
    t.after(() => movies.ctx.stop());
    const { [IDENTITY_HEADER]: identity = '' } = signed({ key: current, subgraph: 'movies', body, identity: ada });
    assert.deepEqual(await (await movies.post(body)).json(), { data: { asker: 'nobody' } });
    assert.deepEqual(await (await movies.post(body, { [IDENTITY_HEADER]: identity })).json(), {
      data: { asker: 'ada' },
    });
    assert.equal((await movies.post(body, { [IDENTITY_HEADER]: 'ada' })).status, 401);
  });
});
