import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { isForwardable } from '../../src/config/header-rules.ts';
import { createHeaderForwarding } from '../../src/subgraphs/header-forwarding.ts';

const rulesOf = (rules: unknown) =>
  gatewayConfig({ SUPERGRAPH: 's.graphql', HEADER_RULES: typeof rules === 'string' ? rules : JSON.stringify(rules) })
    .HEADER_RULES;

test('invalid rules, and headers that are never forwarded, are rejected at start', () => {
  const table: [unknown, RegExp][] = [
    ['{', /HEADER_RULES: must be JSON; HEADER_RULES_FILE names a file of it/],
    [{ every: [] }, /HEADER_RULES: .*every/],
    [{ all: [{ forward: 'a' }] }, /HEADER_RULES: all\.0: must be \{"propagate": …\}, \{"matching": …\} or/],
    [{ all: [{ propagate: 'a b' }] }, /all\.0\.propagate: must be the name of a header/],
    [{ all: [{ matching: '(' }] }, /all\.0\.matching: must be a regular expression/],
    [{ all: [{ insert: 'a', value: 'b\r\nc: d' }] }, /all\.0\.value: must be visible ASCII/],
    [{ subgraphs: { movies: [{ propagate: 'a', as: 'Host' }] } }, /subgraphs\.movies\.0\.as: .* never is/],
    ...[
      'connection',
      'Transfer-Encoding',
      'host',
      'content-length',
      'Content-Digest',
      'accept-encoding',
      'marquee-identity',
      'signature',
      'signature-input',
      'traceparent',
    ].map((name): [unknown, RegExp] => [{ all: [{ propagate: name }] }, /all\.0\.propagate: .* never is/]),
  ];
  for (const [rules, message] of table) {
    assert.throws(() => rulesOf(rules), { code: 'INVALID_CONFIG', message }, JSON.stringify(rules));
  }
});

test('credentials are forwarded by name only, not by pattern', () => {
  const forwarding = (rules: object) => {
    const parsed = rulesOf(rules);
    assert.ok(parsed);
    return createHeaderForwarding(parsed, isForwardable);
  };
  const received = { authorization: 'Bearer a', cookie: 'c=d', 'x-a': '1', host: 'h', 'content-type': 'json' };
  assert.deepEqual(forwarding({ all: [{ matching: '.' }] })(received).to('movies').headers, { 'x-a': '1' });
  assert.deepEqual(forwarding({ all: [{ propagate: 'Authorization' }] })(received).to('movies').headers, {
    authorization: 'Bearer a',
  });
});

test("a subgraph's own rules override those of all, and apply to no other", () => {
  const rules = rulesOf({
    all: [{ insert: 'x-for', value: 'all' }],
    subgraphs: { movies: [{ propagate: 'x-from', as: 'x-for' }] },
  });
  assert.ok(rules);
  const forward = createHeaderForwarding(rules, isForwardable);
  const one = forward({ 'x-from': 'one' });
  assert.deepEqual(one.to('movies').headers, { 'x-for': 'one' });
  assert.deepEqual(one.to('scores').headers, { 'x-for': 'all' });
  const other = forward({ 'x-from': 'other' });
  assert.notEqual(one.key, other.key);
  assert.notEqual(one.to('movies').key, other.to('movies').key);
  assert.equal(one.to('scores').key, other.to('scores').key, 'what goes there is the same');
  assert.deepEqual(forward({}).to('movies').headers, { 'x-for': 'all' });
});
