import type { SubscriptionForwarder } from 'urql';
import { documentIdOf } from './persisted-documents.ts';

/**
 * Subscribes by EventSource, which connects again by itself and resumes after the last event.
 *
 * @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
export const subscribeByEventSource: SubscriptionForwarder = ({ query, variables }, operation) => ({
  subscribe(sink) {
    const documentId = documentIdOf(operation.query);
    const parameters = new URLSearchParams({
      ...(documentId === undefined ? { query: query ?? '' } : { documentId }),
      variables: JSON.stringify(variables ?? {}),
    });
    const source = new EventSource(`${operation.context.url}?${parameters}`);
    source.addEventListener('next', ({ data }: MessageEvent<string>) => sink.next(JSON.parse(data)));
    source.addEventListener('complete', () => {
      source.close();
      sink.complete();
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) sink.error(new Error('The gateway refused the subscription.'));
    });
    return { unsubscribe: () => source.close() };
  },
});
