import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type GatewayProcess, runGateway, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

const SCRIPT = `export const text = '${'a script '.repeat(300)}';`;
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let movies: RunningSubgraph;
let scores: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;
let folder: string;
let gateway: GatewayProcess;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
  supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  folder = mkdtempSync(path.join(tmpdir(), 'marquee-site-'));
  mkdirSync(path.join(folder, 'build/assets'), { recursive: true });
  writeFileSync(
    path.join(folder, 'build/index.html'),
    '<!doctype html><meta name="graphql-ide" content="/graphql"><title>A site</title>',
  );
  writeFileSync(path.join(folder, 'build/assets/a b-1.js'), SCRIPT);
  writeFileSync(path.join(folder, 'build/assets/font.woff2'), Buffer.alloc(4_000));
  writeFileSync(path.join(folder, 'secret.html'), 'not of the site');
  symlinkSync('build', path.join(folder, 'site'));
  gateway = await startGateway(supergraph.file, { SITE_DIR: path.join(folder, 'site') });
});
after(async () => {
  await Promise.all([gateway?.stop(), movies?.stop(), scores?.stop()]);
  supergraph?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('every address that a browser opens is the page, with a policy without inline scripts', async () => {
  for (const address of ['/', '/movies/603/the-matrix', '/nothing?q=1']) {
    const response = await fetch(`${gateway.url}${address}`, { headers: HTML });
    assert.equal(response.status, 200, address);
    assert.match(await response.text(), /A site/);
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'self'; img-src 'self' https:\/\/image\.tmdb\.org;/);
    assert.doesNotMatch(policy, /unsafe/);
  }
});

test('the gateway answers at its own paths, and other clients get the status 404', async () => {
  const { status } = await fetch(`${gateway.url}/readyz`, { headers: HTML });
  assert.equal(status, 200);
  const { data } = await gateway.query('{ best { title } }');
  assert.ok(data);
  for (const [address, headers] of [
    ['/nothing', { accept: 'application/json' }],
    ['/assets/other.js', { accept: '*/*' }],
    ['/..%2fsecret.html', { accept: '*/*' }],
  ] as const) {
    assert.equal((await fetch(`${gateway.url}${address}`, { headers })).status, 404, address);
  }
  assert.equal((await fetch(`${gateway.url}/nothing`, { method: 'POST', headers: HTML })).status, 404);
});

test('assets are compressed where that helps, and cached for good', async () => {
  const plain = await fetch(`${gateway.url}/assets/a%20b-1.js`, { headers: { 'accept-encoding': 'identity' } });
  assert.equal(plain.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(await plain.text(), SCRIPT);
  const small = await fetch(`${gateway.url}/assets/a%20b-1.js`, { headers: { 'accept-encoding': 'br' } });
  assert.equal(small.headers.get('content-encoding'), 'br');
  assert.equal(small.headers.get('vary'), 'accept-encoding');
  assert.equal(await small.text(), SCRIPT);
  const font = await fetch(`${gateway.url}/assets/font.woff2`, { headers: { 'accept-encoding': 'br' } });
  assert.equal(font.headers.get('content-encoding'), null);
  assert.equal((await font.arrayBuffer()).byteLength, 4_000);
});

test('an unchanged file has the status 304', async () => {
  const { headers } = await fetch(`${gateway.url}/`);
  const etag = headers.get('etag') ?? '';
  const unchanged = await fetch(`${gateway.url}/`, { headers: { 'if-none-match': etag } });
  assert.equal(unchanged.status, 304);
});

test('browsers get the IDE at the endpoint, with a link to the site', async () => {
  const response = await fetch(`${gateway.url}/graphql`, { headers: HTML });
  const page = await response.text();
  assert.match(page, /<title>Marquee<\/title>/);
  assert.match(page, /<a href="\/"[^>]*>Movie site<\/a><\/body>\s*<\/html>$/);
});

test('the page knows whether the endpoint shows an IDE', async () => {
  const hidden = await startGateway(supergraph.file, { SITE_DIR: path.join(folder, 'site'), GRAPHQL_IDE: 'off' });
  try {
    const pages = await Promise.all([gateway, hidden].map(async ({ url }) => (await fetch(url)).text()));
    assert.deepEqual(
      pages.map((page) => page.includes('graphql-ide')),
      [true, false],
    );
  } finally {
    await hidden.stop();
  }
});

test('a folder that is no site is a mistake in the configuration', async () => {
  for (const site of [path.join(folder, 'missing'), folder]) {
    const env = { SITE_DIR: site };
    const { code, log } = await runGateway(['--supergraph', supergraph.file, '--port', '0'], env);
    assert.equal(code, 2);
    assert.ok(log.some((entry) => entry.code === 'SITE_UNREADABLE'));
  }
});
