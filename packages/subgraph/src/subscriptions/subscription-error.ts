import { GraphQLError } from 'graphql';

/** Returns the error of a client that cannot resume: the feed no longer holds what it has missed. */
export function subscriptionGap(): GraphQLError {
  return new GraphQLError(
    'The changes since this event id are no longer available. Subscribe again without an event id, and then read the current state.',
    { extensions: { code: 'SUBSCRIPTION_GAP' } },
  );
}

/** Returns the error of a process that cannot serve a subscription now, but soon, or as another replica does. */
export function subscriptionsUnavailable(reason: string): GraphQLError {
  return new GraphQLError(`Subscriptions are not available at the moment: ${reason}. Try again shortly.`, {
    extensions: { code: 'SERVICE_UNAVAILABLE' },
  });
}

/** Returns the error of a process that serves as many subscriptions as it may. */
export function tooManySubscriptions(limit: number): GraphQLError {
  return new GraphQLError(`This process serves ${limit} subscriptions, its limit. Try again shortly.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}

/** Returns the error of a process without an event log. */
export function subscriptionsDisabled(): GraphQLError {
  return new GraphQLError('Subscriptions are disabled here: the subgraph has no event log.', {
    extensions: { code: 'SUBSCRIPTIONS_DISABLED' },
  });
}
