import type { Socket } from 'node:net';
import { errorsText } from '@marquee/graphql-over-http/error-limits';
import { WebSocket } from 'ws';
import type { EventMessage, MessageBatch } from './event-message.ts';
import type { SubscriberTransport } from './subscriber.ts';
import type { SubscriptionEnd } from './subscription-end.ts';

/** A WebSocket with the connection below it. */
export interface OpenSocket {
  readonly webSocket: WebSocket;
  readonly connection: Socket;
}

/** Try again later (https://www.iana.org/assignments/websocket/websocket.xhtml). */
const TRY_AGAIN_LATER = 1013;

/** Time in which a client must answer the end of its socket before the connection is closed, in ms. */
const CLOSE_TIMEOUT_MS = 5_000;

const TEXT = { binary: false, compress: false };

/** Returns the message `next` with the JSON text of a result. */
export const nextMessage = (id: string, text: string): string => `${startOfNext(id)}${text}}`;

const startOfNext = (id: string) => `{"id":${JSON.stringify(id)},"type":"next","payload":`;

/** Returns the ends of the messages `next`, which all clients share. */
const encodeEnds = (messages: readonly EventMessage[]) => messages.map(({ text }) => Buffer.from(`${text}}`));

/** Closes a socket; a client that does not answer is disconnected. */
export function closeSocket({ webSocket }: OpenSocket, code: number, reason: string): void {
  if (webSocket.readyState !== WebSocket.OPEN) return;
  webSocket.close(code, reason);
  const timer = setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS);
  webSocket.once('close', () => clearTimeout(timer));
}

/**
 * Creates the transport of one subscription of a WebSocket (graphql-transport-ws). graphql-ws would write the result for
 * each client. Its text is written once, and only the start of the message, which has the client's id, is the client's.
 *
 * @param onEnd called with true when graphql-ws must send `complete`
 */
export function webSocketTransport(
  socket: OpenSocket,
  id: string,
  onEnd: (isComplete: boolean) => void,
): SubscriberTransport {
  const { webSocket, connection } = socket;
  const start = Buffer.from(startOfNext(id));
  return {
    name: 'websocket',
    get bufferedBytes() {
      return webSocket.bufferedAmount;
    },
    // The protocol has no place for a position without a result.
    sendPosition: () => {},
    send(batch: MessageBatch) {
      if (webSocket.readyState !== WebSocket.OPEN) return;
      connection.cork();
      for (const end of batch.encoded(encodeEnds)) webSocket.send(Buffer.concat([start, end]), TEXT);
      connection.uncork();
    },
    end({ reason, errors }: SubscriptionEnd) {
      if (errors !== undefined && webSocket.readyState === WebSocket.OPEN) {
        webSocket.send(`{"id":${JSON.stringify(id)},"type":"error","payload":${errorsText(errors)}}`);
      }
      onEnd(errors === undefined);
      if (reason === 'SUBSCRIPTION_SLOW_CLIENT') closeSocket(socket, TRY_AGAIN_LATER, reason);
    },
  };
}
