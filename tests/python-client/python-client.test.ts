import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { OPERATIONS } from '../clients/client-conformance.ts';
import { documentedFiles } from '../clients/documented-files.ts';
import { socketUrl } from '../clients/subscription-conformance.ts';
import { operation, operationsText } from '../end-to-end/operations.ts';
import { authorizationOf, signedIn } from '../end-to-end/signed-in.ts';
import { removeState, type Stack, startStack } from '../end-to-end/stack.ts';
import { python, requireGql } from './python.ts';

const CONTRACT = path.join(import.meta.dirname, 'contract.py');
const SUBSCRIPTION = path.join(import.meta.dirname, 'subscription.py');

const INVALID = 'query Invalid { nothing }';
const PARTIAL = `query Partial {
  movie(id: "603") { title } person(id: "6384") { filmography(first: 1000) { totalCount } }
}`;
const RATE = 'mutation Rate { rateMovie(movieId: "603", value: 8.5) { ... on UserRating { value movie { title } } } }';
const UNRATE = 'mutation Unrate { unrateMovie(movieId: "603") { __typename } }';

interface Result {
  readonly data: unknown;
  readonly codes: readonly string[];
}

describe('gql for Python, on the whole stack', { timeout: 300_000 }, () => {
  let stack: Stack;
  before(async () => {
    await requireGql();
    stack = await startStack({ env: { KAFKA_BROKERS: '' } });
  });
  after(async () => {
    await stack?.stop();
    if (stack) await removeState(stack);
  });

  for (const transport of ['requests', 'httpx', 'httpx (async)', 'aiohttp']) {
    describe(transport, () => {
      async function execute(
        document: string,
        operations: readonly { name: string; variables: object }[],
        { validate = false, headers = {} } = {},
      ): Promise<readonly Result[]> {
        const { graphql: url } = stack.addresses;
        const input = { url, transport, document, operations, validate, headers };
        return JSON.parse(await python([CONTRACT], JSON.stringify(input)));
      }

      test('executes the contract operations, validated by the introspected schema', async () => {
        const results = await execute(operationsText, OPERATIONS, { validate: true });
        for (const [index, { name, variables }] of OPERATIONS.entries()) {
          const data = await stack.graphql(operation(name), variables);
          assert.deepEqual(results[index], { data, codes: [] }, name);
        }
      });

      test('returns errors and partial data', async () => {
        assert.deepEqual(await execute(INVALID, [{ name: 'Invalid', variables: {} }]), [
          { data: null, codes: ['GRAPHQL_VALIDATION_FAILED'] },
        ]);
        assert.deepEqual(await execute(PARTIAL, [{ name: 'Partial', variables: {} }]), [
          { data: { movie: { title: 'The Matrix' }, person: null }, codes: ['BAD_USER_INPUT'] },
        ]);
      });

      test('executes mutations with a token, and none without', async () => {
        const mutation = [{ name: 'Rate', variables: {} }];
        assert.deepEqual(await execute(RATE, mutation), [{ data: null, codes: ['UNAUTHENTICATED'] }]);
        const headers = await authorizationOf(stack);
        assert.deepEqual(await execute(RATE, mutation, { headers }), [
          { data: { rateMovie: { value: 8.5, movie: { title: 'The Matrix' } } }, codes: [] },
        ]);
        await execute(UNRATE, [{ name: 'Unrate', variables: {} }], { headers });
      });
    });
  }

  for (const transport of ['websockets', 'aiohttp (websockets)']) {
    test(`${transport}: receives each event once, with the fields of other subgraphs`, async () => {
      const graphql = await signedIn(stack);
      const active = () => stack.counter('gateway', 'marquee_subscriptions_active');
      const query = `subscription Votes($ids: [ID!]!) {
        ratingChanged(movieIds: $ids) { rating { userVoteCount } movie { title } }
      }`;
      const variables = { ids: ['603'] };
      const input = { url: socketUrl(stack.addresses.graphql), transport, query, variables, events: 2 };
      const output = python([SUBSCRIPTION], JSON.stringify(input));
      await eventually(async () => assert.equal(await active(), 1));
      await graphql('mutation { rateMovie(movieId: "603", value: 9) { __typename } }');
      await graphql('mutation { unrateMovie(movieId: "603") { __typename } }');
      const events = (await output).trimEnd().split('\n');
      assert.deepEqual(
        events.map((line) => JSON.parse(line).ratingChanged.movie.title),
        ['The Matrix', 'The Matrix'],
      );
      await eventually(async () => assert.equal(await active(), 0));
    });
  }

  test('the programs of docs/clients.md print the title of a movie', async () => {
    const files = await documentedFiles(stack.addresses.graphql);
    assert.equal(await python(['-c', files['client.py'] ?? '']), 'The Matrix\n');
    const graphql = await signedIn(stack);
    const output = python(['-c', files['subscribe.py'] ?? '']);
    await eventually(async () => assert.equal(await stack.counter('gateway', 'marquee_subscriptions_active'), 1));
    await graphql('mutation { rateMovie(movieId: "603", value: 9) { __typename } }');
    assert.equal(await output, 'The Matrix\n');
    await graphql('mutation { unrateMovie(movieId: "603") { __typename } }');
  });
});
