import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedOrigins } from '../../src/config/cors-config.ts';

function allows(setting: string, origin: string): boolean {
  const allowed = allowedOrigins.parse(setting);
  assert.ok(allowed !== undefined && allowed !== '*');
  return allowed(origin);
}

test('origins match in any case and with their default port', () => {
  assert.ok(allows('HTTPS://App.Example:443/', 'https://app.example'));
  assert.ok(allows('https://app.example', 'https://app.example'));
  assert.ok(allows('http://[::1]:8080, capacitor://localhost', 'http://[::1]:8080'));
  assert.ok(allows('http://[::1]:8080, capacitor://localhost', 'capacitor://localhost'));
  for (const other of [
    'http://app.example',
    'https://app.example:444',
    'https://app.example.evil.example',
    'https://evilapp.example',
    'https://app.example/',
    'null',
    '',
    `https://${'a'.repeat(100_000)}.example`,
  ]) {
    assert.equal(allows('https://app.example', other), false, other.slice(0, 50));
  }
});

test('patterns match a part of a host, or any port', () => {
  const table: [pattern: string, origin: string, allowed: boolean][] = [
    ['https://*.app.example', 'https://a.app.example', true],
    ['https://*.app.example', 'https://a.b.app.example', true],
    ['https://*.app.example', 'https://app.example', false],
    ['https://*.app.example', 'https://evil-app.example', false],
    ['https://*.app.example', 'http://a.app.example', false],
    ['https://*.app.example', 'https://a.app.example:8443', false],
    ['https://*.app.example', 'https://a.app.example.evil.com', false],
    ['https://*.app.example', 'https://evil.com#.app.example', false],
    ['https://*.app.example', 'https://*.app.example', false],
    ['https://shop-*.vercel.app', 'https://shop-git-main.vercel.app', true],
    ['https://shop-*.vercel.app', 'https://shop-.vercel.app', false],
    ['https://shop-*.vercel.app', 'https://other.vercel.app', false],
    ['http://localhost:*', 'http://localhost:5173', true],
    ['http://localhost:*', 'http://localhost', true],
    ['http://localhost:*', 'http://localhost.evil.example:80', false],
    ['http://*.localhost:*', 'http://shop.localhost:3000', true],
    ['http://127.0.0.1:*', 'http://127.0.0.1:8080', true],
  ];
  for (const [pattern, origin, allowed] of table)
    assert.equal(allows(pattern, origin), allowed, `${pattern} ${origin}`);
});

test('an invalid origin is named', () => {
  for (const wrong of [
    'app.example',
    'https://app.example/path',
    'https://*',
    'https://*.com',
    'https://app.*',
    'https://*.*.example.com',
    'http://localhost:70000',
    'null',
    'https://user@app.example',
  ]) {
    const { success, error } = allowedOrigins.safeParse(`https://good.example, ${wrong}`);
    assert.equal(success, false, wrong);
    assert.ok(error?.issues[0]?.message.includes(wrong));
  }
});

test('`*` allows every origin, an empty value none', () => {
  assert.equal(allowedOrigins.parse('*'), '*');
  assert.equal(allowedOrigins.parse('https://app.example,*'), '*');
  assert.equal(allowedOrigins.parse(undefined), undefined);
});
