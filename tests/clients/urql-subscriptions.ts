import { Client, createRequest, fetchExchange, type SubscriptionOperation, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient, type RequestParams } from 'graphql-sse';
import { createClient as createWsClient, type SubscribePayload } from 'graphql-ws';
import type { Stack } from '../end-to-end/stack.ts';
import { type SubscriptionClient, socketUrl, subscriptionTests } from './subscription-conformance.ts';

const underTest = (client: Client): SubscriptionClient => ({
  subscribe(query, variables, listener, lastEventId) {
    const request = createRequest(query, variables, { lastEventId } as object);
    const subscription = client.executeSubscription(request).subscribe(({ data, error, extensions }) => {
      if (error?.networkError) listener.error(error.networkError);
      else listener.next({ data, errors: error?.graphQLErrors, extensions });
    });
    return () => subscription.unsubscribe();
  },
});

/** Tests of urql's subscriptions. */
export function urqlSubscriptionTests(running: () => Stack): void {
  subscriptionTests('urql with fetchSubscriptions', running, ({ url }) =>
    underTest(new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true })),
  );

  subscriptionTests('urql with graphql-sse', running, ({ url }) => {
    const client = createSseClient({ url });
    const forwardSubscription = ({ query, variables, extensions }: SubscriptionOperation) => ({
      subscribe: (sink: object) => ({
        unsubscribe: client.subscribe({ query, variables, extensions } as RequestParams, sink as never),
      }),
    });
    return underTest(new Client({ url, exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })] }));
  });

  subscriptionTests('urql with graphql-ws', running, ({ url }) => {
    const client = createWsClient({ url: socketUrl(url) });
    const forwardSubscription = ({ query, variables, extensions }: SubscriptionOperation) => ({
      subscribe: (sink: object) => ({
        unsubscribe: client.subscribe({ query, variables, extensions } as SubscribePayload, sink as never),
      }),
    });
    return underTest(new Client({ url, exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })] }));
  });
}
