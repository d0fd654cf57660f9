import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { EVENT_STREAM_TYPE } from './event-stream-format.ts';
import { lastEventIdOf } from './last-event-id.ts';
import { SUBSCRIPTION_SPEC } from './multipart-format.ts';
import { socketRequests } from './socket-request.ts';
import { streamFormatFor } from './stream-negotiation.ts';
import { streamTransport } from './stream-transport.ts';
import type { AcceptedSubscription } from './subscriptions.ts';

/**
 * Returns the position after which a client's subscription begins.
 *
 * @throws GraphQLError when the request has no transport for a subscription, or an invalid position
 */
export function subscriptionStart({ method, headers }: FastifyRequest, extensions: unknown): string | undefined {
  const hasTransport = socketRequests.getStore() !== undefined || streamFormatFor(headers.accept) !== undefined;
  if (method === 'HEAD' || !hasTransport) throw withoutTransport();
  return lastEventIdOf(headers, extensions);
}

function withoutTransport(): GraphQLError {
  const message = `Subscribe by a request that accepts ${EVENT_STREAM_TYPE} (graphql-sse) or multipart/mixed;subscriptionSpec=${SUBSCRIPTION_SPEC}, or by a WebSocket with the subprotocol graphql-transport-ws.`;
  return new GraphQLError(message, { extensions: { code: 'NOT_ACCEPTABLE', http: { status: 406 } } });
}

/** Responds with the stream of a subscription. */
export function startSubscription(
  request: FastifyRequest,
  reply: FastifyReply,
  subscription: AcceptedSubscription,
): FastifyReply {
  const socketRequest = socketRequests.getStore();
  if (socketRequest !== undefined) {
    socketRequest.subscription = subscription;
    return reply.code(204).send();
  }
  const format = streamFormatFor(request.headers.accept);
  if (format === undefined) throw withoutTransport();
  reply.hijack();
  const { raw } = reply;
  // The body ends with its connection: chunks would be two more buffers for each write.
  raw.useChunkedEncodingByDefault = false;
  raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': format.contentType,
    // A proxy must not collect events (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering).
    'x-accel-buffering': 'no',
    // The end of a stream is that of its connection, so that a draining server need not wait for it.
    connection: 'close',
  });
  const leave = subscription.start(streamTransport(raw, format));
  raw.once('close', leave);
  return reply;
}
