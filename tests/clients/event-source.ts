import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { openGate } from '@marquee/testing/gate';
import { EventSource } from 'eventsource';
import { signedIn } from '../end-to-end/signed-in.ts';
import type { Graphql, Stack } from '../end-to-end/stack.ts';
import { type SubscriptionClient, subscriptionTests } from './subscription-conformance.ts';

const RATING_CHANGED = 'subscription { ratingChanged(movieIds: ["550"]) { rating { userVoteCount } movie { title } } }';

/** Returns the URL of a subscription by GET. */
function subscriptionUrl(url: string, query: string, variables: object = {}, extensions: object = {}): string {
  const parameters = { query, variables: JSON.stringify(variables), extensions: JSON.stringify(extensions) };
  return `${url}?${new URLSearchParams(parameters)}`;
}

function createClient({ url }: { readonly url: string }): SubscriptionClient {
  return {
    subscribe(query, variables, listener, lastEventId) {
      const source = new EventSource(subscriptionUrl(url, query, variables, { lastEventId }));
      source.addEventListener('next', ({ data }) => listener.next(JSON.parse(data)));
      source.addEventListener('complete', () => source.close());
      return () => source.close();
    },
  };
}

/** Tests of the EventSource of browsers. */
export function eventSourceTests(running: () => Stack): void {
  subscriptionTests('EventSource', running, createClient);

  describe('EventSource', () => {
    test('resumes after a lost connection with the events that it missed, each once', async () => {
      const stack = running();
      const graphql: Graphql = await signedIn(stack);
      const gate = await openGate(stack.addresses.graphql);
      const source = new EventSource(subscriptionUrl(gate.url, RATING_CHANGED));
      try {
        const counts: number[] = [];
        source.addEventListener('next', ({ data }) => {
          counts.push(JSON.parse(data).data.ratingChanged.rating.userVoteCount);
        });
        await eventually(async () => assert.equal(source.readyState, EventSource.OPEN));
        const rate = () => graphql('mutation { rateMovie(movieId: "550", value: 7) { __typename } }');
        const unrate = () => graphql('mutation { unrateMovie(movieId: "550") { __typename } }');
        await rate();
        await eventually(async () => assert.deepEqual(counts, [1]));
        await gate.shut();
        await gate.open();
        await eventually(async () => assert.equal(source.readyState, EventSource.CONNECTING));
        await unrate();
        // EventSource waits 3 s before it connects again.
        await eventually(async () => assert.equal(counts.length, 2), 10_000);
        await rate();
        await eventually(async () => assert.equal(counts.length, 3));
        await unrate();
        await eventually(async () => assert.deepEqual(counts, [1, 0, 1, 0]));
      } finally {
        source.close();
        await gate.shut();
      }
    });
  });
}
