import { ApolloClient, type ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import type { Stack } from '../end-to-end/stack.ts';
import { type SubscriptionClient, socketUrl, subscriptionTests } from './subscription-conformance.ts';

function underTest(link: ApolloLink): SubscriptionClient {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    subscribe(query, variables, listener, lastEventId) {
      const request = { query: gql(query), variables, extensions: { lastEventId } };
      const subscription = client.subscribe(request).subscribe({
        next({ data, error, extensions }) {
          if (error === undefined) listener.next({ data, extensions });
          else if (CombinedGraphQLErrors.is(error)) listener.next({ data, errors: error.errors });
          else listener.error(error);
        },
        error: listener.error,
      });
      return () => subscription.unsubscribe();
    },
  };
}

/** Tests of Apollo Client's subscriptions. */
export function apolloSubscriptionTests(running: () => Stack): void {
  subscriptionTests('Apollo Client over multipart', running, ({ url, headers }) =>
    underTest(new HttpLink({ uri: url, headers, includeExtensions: true })),
  );

  subscriptionTests('Apollo Client over graphql-ws', running, ({ url }) =>
    underTest(new GraphQLWsLink(createClient({ url: socketUrl(url) }))),
  );
}
