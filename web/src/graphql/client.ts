import { Client, cacheExchange, fetchExchange, subscriptionExchange } from 'urql';
import { subscribeByEventSource } from './event-source.ts';
import { persistedDocuments } from './persisted-documents.ts';

/** Names the version of incremental delivery that the gateway and urql have in common. */
const ACCEPT = 'multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9';

/** Creates a client for the gateway at this origin, with a cache of its own. */
export function createClient(token: string | undefined): Client {
  return new Client({
    url: '/graphql',
    exchanges: [
      cacheExchange,
      subscriptionExchange({ forwardSubscription: subscribeByEventSource }),
      persistedDocuments,
      fetchExchange,
    ],
    // Cached pages appear at once, and are then brought up to date.
    requestPolicy: 'cache-and-network',
    preferGetMethod: false,
    fetchOptions: {
      headers: { accept: ACCEPT, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    },
  });
}
