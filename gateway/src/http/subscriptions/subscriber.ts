import type { MessageBatch } from './event-message.ts';
import type { SubscriptionEnd } from './subscription-end.ts';

/** Names of the transports, labels of metrics. */
export type Transport = 'sse' | 'multipart' | 'websocket';

/** A client's side of a transport. No call waits for the client. */
export interface SubscriberTransport {
  readonly name: Transport;
  /** Bytes that the client has not read. */
  readonly bufferedBytes: number;
  /** Sends the position before the first event, where the transport has a place for it. */
  sendPosition(id: string): void;
  send(batch: MessageBatch): void;
  /** Undefined when the transport has heartbeats of its own. */
  heartbeat?(): void;
  /** Sends the end; the connection closes after it, unless it serves other operations. */
  end(end: SubscriptionEnd): void;
}

/** One client of a shared subscription. */
export interface Subscriber {
  readonly transport: SubscriberTransport;
  /** The subscription whose messages it gets; undefined before the first. */
  source: { remove(subscriber: Subscriber): void } | undefined;
  /** The position after the last message that was sent. */
  lastEventId: string | undefined;
  /** Ends the subscription of this client; called at most once. */
  end(end: SubscriptionEnd): void;
}
