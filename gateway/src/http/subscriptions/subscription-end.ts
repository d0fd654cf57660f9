import { GraphQLError } from 'graphql';
import type { ExecutionError } from '../../execution/execution-context.ts';
import type { SubscriptionRejected } from '../../subgraphs/events/event-connection.ts';

/** Codes of the errors that end a subscription, also the labels of its metric. */
export type EndReason =
  | 'complete'
  | 'SUBSCRIPTION_ENDED'
  | 'SUBSCRIPTION_SCHEMA_RELOAD'
  | 'SUBSCRIPTION_SLOW_CLIENT'
  | 'SUBSCRIPTION_UPSTREAM_LOST'
  | 'SUBSCRIPTION_GAP'
  | 'UNAUTHENTICATED';

const MESSAGES: Readonly<Record<Exclude<EndReason, 'complete'>, string>> = {
  SUBSCRIPTION_ENDED: 'The server is stopping: subscribe again with the last event id.',
  SUBSCRIPTION_SCHEMA_RELOAD: 'The schema has changed: subscribe again with the last event id.',
  SUBSCRIPTION_SLOW_CLIENT:
    'The client reads more slowly than events occur: subscribe again with the last event id, or to fewer events.',
  SUBSCRIPTION_UPSTREAM_LOST: 'The source of the events was lost: subscribe again with the last event id.',
  SUBSCRIPTION_GAP: 'Events after the last event id are lost: subscribe again without it and read the current state.',
  UNAUTHENTICATED: 'The token has expired: subscribe again with a new token and the last event id.',
};

/** The end of a subscription for one client. */
export interface SubscriptionEnd {
  readonly reason: EndReason;
  /** Undefined for a subscription that is complete. */
  readonly errors?: readonly GraphQLError[];
}

export const COMPLETE: SubscriptionEnd = { reason: 'complete' };

/** Creates the end of a subscription with the error of its reason, and the id from which the client can resume. */
export function endOf(reason: Exclude<EndReason, 'complete'>, lastEventId: string | undefined): SubscriptionEnd {
  const extensions = { code: reason, ...(lastEventId !== undefined && { lastEventId }) };
  return { reason, errors: [new GraphQLError(MESSAGES[reason], { extensions })] };
}

/** Converts an error of an execution that ends a subscription, or prevents it. */
export function toGraphQLError({ message, path, extensions }: ExecutionError): GraphQLError {
  return new GraphQLError(message, { ...(path && { path }), extensions });
}

/** Creates the end of a subscription that the subgraph does not resume. */
export function rejectionEnd({ errors }: SubscriptionRejected): SubscriptionEnd {
  const isGap = errors.some(({ extensions }) => extensions.code === 'SUBSCRIPTION_GAP');
  return { reason: isGap ? 'SUBSCRIPTION_GAP' : 'SUBSCRIPTION_UPSTREAM_LOST', errors: errors.map(toGraphQLError) };
}
