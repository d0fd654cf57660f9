import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type GatewayProcess, startGateway } from '../fixtures/gateway-process.ts';
import { AUDIENCE, createIssuer, ISSUER, type Issuer, temporaryFiles } from '../fixtures/tokens.ts';

const supergraph = fileURLToPath(new URL('../../../supergraph.graphql', import.meta.url));

describe('a rate limit of three requests', () => {
  let issuer: Issuer;
  let stranger: Issuer;
  let files: ReturnType<typeof temporaryFiles>;
  let gateway: GatewayProcess;
  before(async () => {
    [issuer, stranger] = await Promise.all([createIssuer(), createIssuer()]);
    files = temporaryFiles({ 'key.pem': issuer.pem });
    gateway = await startGateway(supergraph, {
      RATE_LIMIT: '3',
      TRUSTED_PROXIES: '127.0.0.1',
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_PUBLIC_KEY_FILE: files.path('key.pem'),
    });
  });
  after(async () => {
    await gateway?.stop();
    files?.remove();
  });

  async function send(address: string, token?: string): Promise<{ status: number; left: string | null }> {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': address,
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: '{"query":"{ __typename }"}',
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    if (response.status === 429) {
      assert.deepEqual(
        errors?.map(({ extensions }) => extensions.code),
        ['RATE_LIMITED'],
      );
      assert.ok(Number(response.headers.get('retry-after')) > 0);
    }
    return { status: response.status, left: response.headers.get('ratelimit-remaining') };
  }

  test('identifies a client without a token by its address', async () => {
    for (const left of ['2', '1', '0']) assert.deepEqual(await send('192.0.2.1'), { status: 200, left });
    assert.deepEqual(await send('192.0.2.1'), { status: 429, left: '0' });
    assert.equal((await send('192.0.2.2')).status, 200);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200, 'health is not limited');
  });

  test('identifies a client with a token by its subject, at any address', async () => {
    const tokens = await Promise.all([1, 2, 3, 4].map(() => issuer.token({ sub: 'one' })));
    for (const [index, left] of ['2', '1', '0'].entries()) {
      assert.deepEqual(await send(`192.0.2.${index}`, tokens[index]), { status: 200, left });
    }
    assert.deepEqual(await send('192.0.2.9', tokens[3]), { status: 429, left: '0' });
    assert.equal((await send('192.0.2.1', await issuer.token({ sub: 'another' }))).status, 200);
    assert.equal((await send('192.0.2.9')).status, 200);
  });

  test('keeps subjects and addresses apart', async () => {
    for (let sent = 0; sent < 3; sent++) await send('192.0.2.5', await issuer.token({ sub: '192.0.2.6' }));
    assert.equal((await send('192.0.2.6')).status, 200);
  });

  test('counts rejected tokens for the address, and stops verifying beyond the limit', async () => {
    for (let sent = 0; sent < 3; sent++) {
      const made = await stranger.token({ sub: `made-up-${sent}` });
      assert.equal((await send('192.0.2.20', made)).status, 401);
    }
    const good = await issuer.token({ sub: 'a third' });
    assert.equal((await send('192.0.2.20', good)).status, 429, 'a good token is not looked at');
    assert.deepEqual(await send('192.0.2.21', good), { status: 200, left: '2' }, 'nor was it counted');
    assert.equal((await send('192.0.2.20')).status, 200, 'what comes without a token is counted apart');
  });
});

test('uses the address that the outermost trusted proxy received', async () => {
  const settings: [proxies: string, entries: (client: string, forged: string) => string][] = [
    ['1', (client, forged) => `${forged}, ${client}`],
    ['2', (client, forged) => `${forged}, ${client}, 10.0.0.7`],
    ['127.0.0.1', (client, forged) => `${forged}, ${client}`],
  ];
  for (const [proxies, entries] of settings) {
    const gateway = await startGateway(supergraph, { RATE_LIMIT: '2', TRUSTED_PROXIES: proxies });
    try {
      const statuses: number[] = [];
      for (const forged of ['198.51.100.1', '10.0.0.1', '127.0.0.1, 127.0.0.1']) {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': entries('10.9.9.9', forged) };
        const body = '{"query":"{ __typename }"}';
        statuses.push((await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })).status);
      }
      assert.deepEqual(statuses, [200, 200, 429], proxies);
    } finally {
      await gateway.stop();
    }
  }
});
