import type { FastifyRequest } from 'fastify';
import type { IsLabelOn } from '../../directives/override.ts';
import type { Cancellation } from '../../subgraphs/cancellation.ts';
import type { FormatError } from '../error-formatter.ts';
import { ACCEPTED, CANCELLED, type HttpResult } from '../http-result.ts';
import type { OperationRequest, RequestProgress } from '../prepare-request.ts';
import { subscriptionStart } from './start-subscription.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * Begins a subscription for a request.
 *
 * @throws OperationRejected, GraphQLError
 */
export type Subscribe = <Result>(
  request: FastifyRequest,
  prepared: OperationRequest<Result>,
  format: FormatError,
  progress: RequestProgress,
  client: Cancellation,
) => Promise<HttpResult>;

export function createSubscribe(subscriptions: Subscriptions, isLabelOn: IsLabelOn): Subscribe {
  return async (request, prepared, format, { params }, client) => {
    const { operation, requests } = prepared;
    const lastEventId = subscriptionStart(request, params?.extensions);
    const requested = { ...prepared, isLabelOn, format, lastEventId, address: request.ip };
    const subscription = await subscriptions.accept(requested);
    if (!client.isCancelled) return { ...ACCEPTED, operation, meter: requests.meter, subscription };
    subscription.cancel();
    return { ...CANCELLED, operation, meter: requests.meter };
  };
}
