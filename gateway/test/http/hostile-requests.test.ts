import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HOSTILE_REQUESTS } from '@marquee/testing/hostile-requests';
import { type GatewayProcess, startGateway } from '../fixtures/gateway-process.ts';

test('hostile requests are valid JSON', () => {
  for (const { name, body } of HOSTILE_REQUESTS) assert.doesNotThrow(() => JSON.parse(body), name);
});

const supergraph = fileURLToPath(new URL('../../../supergraph.graphql', import.meta.url));

/** Subgraph addresses at which no process listens. */
const NOBODY = ['movies', 'people', 'ratings'].map((name) => `${name}=http://127.0.0.1:9/graphql`).join(',');

/** Five errors of a rejection, and one for the omitted ones. */
const MAX_REFUSED = 6;
const MAX_MESSAGE = 1_000;

interface Answer {
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

for (const environment of ['production', 'development', '']) {
  describe(`in the environment "${environment}"`, () => {
    let gateway: GatewayProcess;
    before(async () => {
      gateway = await startGateway(supergraph, { SUBGRAPH_URLS: NOBODY, NODE_ENV: environment });
    });
    after(() => gateway?.stop());

    for (const { name, body } of HOSTILE_REQUESTS) {
      test(`has few short errors: ${name}`, async () => {
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        const text = await response.text();
        assert.ok(response.status < 500, `HTTP ${response.status}: ${text.slice(0, 500)}`);
        const { errors = [] } = JSON.parse(text) as Answer;
        assert.ok(errors.length <= MAX_REFUSED, `${errors.length} errors`);
        for (const { message, extensions } of errors) {
          assert.ok(message.length <= MAX_MESSAGE, `a message of ${message.length} characters`);
          assert.notEqual(extensions.code, 'INTERNAL_SERVER_ERROR');
        }
      });
    }

    test('metrics have no name beyond the length of labels', async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      const longest = Math.max(...metrics.split('\n').map((line) => line.length));
      assert.ok(longest < 500, `a line of ${longest} characters`);
      assert.match(metrics, /marquee_operation_seconds_count\{.*operation="other",type="query"/);
    });

    test('the log has no line longer than a request', () => {
      const longest = Math.max(
        ...gateway
          .text()
          .split('\n')
          .map((line) => line.length),
      );
      assert.ok(longest < 20_000, `a line of ${longest} characters`);
    });
  });
}
