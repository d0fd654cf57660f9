import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cancellation } from '../../subgraphs/cancellation.ts';
import type { AcceptedSubscription } from './subscriptions.ts';

/** A request that a WebSocket carries, while it is handled as one of HTTP. */
export interface SocketRequest {
  /** Cancelled when the client completes the operation, or its socket closes. */
  readonly cancellation: Cancellation;
  /** The client's address, set by the server. */
  address?: string;
  /** The subscription that the request has begun, set by the server. */
  subscription?: AcceptedSubscription;
}

/** The request of a WebSocket that is being handled. A client cannot set it, as it could set a header. */
export const socketRequests = new AsyncLocalStorage<SocketRequest>();
