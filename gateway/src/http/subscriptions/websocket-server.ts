import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ProcessContext } from '@marquee/runtime/process';
import type { FastifyInstance } from 'fastify';
import { buildSchema, type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { Gauge } from 'prom-client';
import { WebSocket, WebSocketServer } from 'ws';
import { Cancellation } from '../../subgraphs/cancellation.ts';
import type { AllowedOrigins } from '../cors.ts';
import { ClientCounts, clientKey, type SubscriptionLimits } from './client-limits.ts';
import { OperationResults } from './operation-results.ts';
import { type SocketRequest, socketRequests } from './socket-request.ts';
import { closeSocket, nextMessage, type OpenSocket, webSocketTransport } from './websocket-transport.ts';
import { isOriginAllowed, rejectUpgrade } from './websocket-upgrade.ts';

export interface WebSocketOptions extends SubscriptionLimits {
  /** The path of the endpoint, which serves HTTP too. */
  readonly path: string;
  readonly allowedOrigins: AllowedOrigins | undefined;
  /** Limit of a message in bytes. */
  readonly maxMessageBytes: number;
  readonly heartbeatMs: number;
  /** Bytes that a client may leave unread. */
  readonly bufferBytes: number;
}

/** A socket with what its operations share. */
interface ClientSocket extends OpenSocket {
  readonly request: IncomingMessage;
  /** Operations in progress. */
  operations: number;
  isAlive: boolean;
}

type SocketContext = Context<{ authorization?: unknown; Authorization?: unknown }, ClientSocket>;

/** Longest id of an operation: each of its messages has it. */
const MAX_ID_LENGTH = 256;

/** Time in which a client must send `connection_init`, in ms. */
const INIT_TIMEOUT_MS = 10_000;

/** Headers of the request for the socket that are not those of its operations. */
const HOP_HEADERS =
  /^(connection|upgrade|sec-websocket-.*|content-.*|transfer-encoding|accept|accept-encoding|last-event-id|keep-alive|expect)$/;

// graphql-ws takes the arguments of graphql-js, which executes nothing here.
const SCHEMA = buildSchema('type Query { none: Int } type Subscription { none: Int }');
const DOCUMENT = parse('subscription { none }');

/**
 * Serves the protocol graphql-transport-ws at the path of the endpoint. Each operation is handled as a request of HTTP
 * with the headers of the socket's request, so that its limits and rights are the same.
 */
export function registerWebSockets(server: FastifyInstance, ctx: ProcessContext, options: WebSocketOptions): void {
  const { path, perClient, bufferBytes } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols,
  });
  const sockets = new Set<ClientSocket>();
  const counts = new ClientCounts(options, () => {});
  new Gauge({
    name: 'marquee_websockets',
    help: 'Open WebSockets.',
    registers: [ctx.metrics],
    collect() {
      this.set(sockets.size);
    },
  });
  let isClosing = false;

  const protocol = makeServer<SocketContext['connectionParams'] & {}, ClientSocket>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    jsonMessageReviver: exactNumber,
    onSubscribe: (context, id, payload) => subscribe(context as SocketContext, id, payload),
    subscribe: (args) => (args as ExecutionArgs).contextValue as OperationResults,
  });

  async function subscribe(
    context: SocketContext,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const socket = context.extra;
    if (id.length > MAX_ID_LENGTH) {
      closeSocket(socket, CloseCode.BadRequest, `The id of an operation has more than ${MAX_ID_LENGTH} characters`);
      return [operationError('BAD_REQUEST', 'The id is too long.')];
    }
    if (socket.webSocket.bufferedAmount > bufferBytes) {
      closeSocket(socket, CloseCode.BadRequest, 'Read the results of earlier operations first');
      return [operationError('BAD_REQUEST', 'The client does not read.')];
    }
    if (socket.operations >= perClient) {
      const message = `The socket has ${perClient} operations, which is the limit: complete one of them.`;
      return [operationError('SUBSCRIPTION_LIMIT_EXCEEDED', message)];
    }
    socket.operations += 1;
    try {
      return await handle(context, id, payload);
    } catch (error) {
      ctx.logger.error({ err: error }, 'an operation of a WebSocket failed unexpectedly');
      return [operationError('INTERNAL_SERVER_ERROR', 'Internal server error')];
    } finally {
      socket.operations -= 1;
    }
  }

  /** Handles an operation as a request of HTTP. */
  async function handle(
    context: SocketContext,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { webSocket, request } = context.extra;
    const cancellation = new Cancellation();
    const handled: SocketRequest = { cancellation };
    // Until its results take this place: graphql-ws returns them when the client completes the operation or leaves.
    if (id in context.subscriptions) context.subscriptions[id] = new OperationResults(() => cancellation.cancel());
    else cancellation.cancel();
    const { payload: text } = await inject(handled, request, {
      method: 'POST',
      headers: { ...authorizationOf(context.connectionParams), 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });
    const { subscription } = handled;
    if (subscription !== undefined) {
      if (!(id in context.subscriptions) || webSocket.readyState !== WebSocket.OPEN) subscription.cancel();
      else return args(start(context, id, subscription));
    } else {
      const errors = errorsIn(text);
      if (errors !== undefined) return errors;
      if (id in context.subscriptions && webSocket.readyState === WebSocket.OPEN) webSocket.send(nextMessage(id, text));
    }
    const results = new OperationResults(() => {});
    results.end();
    return args(results);
  }

  function start(context: SocketContext, id: string, subscription: NonNullable<SocketRequest['subscription']>) {
    const socket = context.extra;
    socket.operations += 1;
    let leave = () => {};
    const results = new OperationResults(() => leave());
    let isEnded = false;
    const transport = webSocketTransport(socket, id, (isComplete) => {
      // The message `error` was the last one: graphql-ws must not send `complete`.
      if (!isComplete) delete context.subscriptions[id];
      if (!isEnded) socket.operations -= 1;
      isEnded = true;
      results.end();
    });
    const leaveSubscription = subscription.start(transport);
    leave = () => {
      if (!isEnded) socket.operations -= 1;
      isEnded = true;
      leaveSubscription();
    };
    return results;
  }

  function inject(
    handled: SocketRequest,
    { headers, socket, url = path }: IncomingMessage,
    request: { method: 'POST' | 'OPTIONS'; headers?: Record<string, string>; payload?: string },
  ) {
    const { remoteAddress = '' } = socket;
    return socketRequests.run(handled, () =>
      server.inject({
        ...request,
        url: request.method === 'POST' ? path : url,
        remoteAddress,
        headers: { ...forwarded(headers), ...request.headers },
      }),
    );
  }

  async function upgrade(request: IncomingMessage, connection: Socket, head: Buffer): Promise<void> {
    const reject = (status: string, code: string, message: string) => rejectUpgrade(connection, status, code, message);
    if (request.url?.split('?')[0] !== path) return reject('404 Not Found', 'BAD_REQUEST', `Connect to ${path}.`);
    if (isClosing)
      return reject('503 Service Unavailable', 'SUBSCRIPTION_ENDED', 'The server is stopping: connect again.');
    if (!isOriginAllowed(request, options.allowedOrigins))
      return reject(
        '403 Forbidden',
        'FORBIDDEN',
        'Pages of this origin may not use the API: CORS_ORIGINS lists those that may.',
      );
    const handled: SocketRequest = { cancellation: new Cancellation() };
    const { statusCode } = await inject(handled, request, { method: 'OPTIONS' });
    if (statusCode === 429)
      return reject('429 Too Many Requests', 'RATE_LIMITED', 'Too many requests: try again later.');
    const client = clientKey(undefined, handled.address ?? '');
    try {
      counts.add(client);
    } catch (error) {
      const { message } = error as GraphQLError;
      return reject('429 Too Many Requests', 'SUBSCRIPTION_LIMIT_EXCEEDED', message);
    }
    connection.once('close', () => counts.remove(client));
    if (connection.destroyed) return counts.remove(client);
    webSockets.handleUpgrade(request, connection, head, (webSocket) =>
      open({ webSocket, connection, request, operations: 0, isAlive: true }),
    );
  }

  function open(socket: ClientSocket): void {
    const { webSocket } = socket;
    sockets.add(socket);
    const closed = protocol.opened(
      {
        protocol: webSocket.protocol,
        send: (data) => {
          if (webSocket.readyState === WebSocket.OPEN) webSocket.send(data);
        },
        close: (code, reason) => closeSocket(socket, code ?? 1000, reason ?? ''),
        onMessage: (receive) => {
          webSocket.on('message', (data) => {
            if (webSocket.readyState !== WebSocket.OPEN) return;
            receive(String(data)).catch((error: unknown) => {
              ctx.logger.debug({ err: error }, 'a message of a WebSocket is invalid');
              closeSocket(socket, CloseCode.BadRequest, 'Invalid message received');
            });
          });
        },
      },
      socket,
    );
    // ws closes the socket after an error, such as a message over the limit.
    webSocket.on('error', (error) => ctx.logger.debug({ err: error }, 'a WebSocket failed'));
    webSocket.on('pong', () => (socket.isAlive = true));
    webSocket.once('close', (code, reason) => {
      sockets.delete(socket);
      void closed(code, String(reason));
    });
    if (isClosing) closeSocket(socket, 1001, 'The server is stopping');
  }

  const heartbeats = setInterval(() => {
    for (const socket of sockets) {
      if (!socket.isAlive) socket.webSocket.terminate();
      else if (socket.webSocket.readyState === WebSocket.OPEN) {
        socket.isAlive = false;
        socket.webSocket.ping();
      }
    }
  }, options.heartbeatMs);
  heartbeats.unref();
  server.server.on('upgrade', (request, connection, head) => {
    upgrade(request, connection as Socket, head).catch((error: unknown) => {
      ctx.logger.error({ err: error }, 'a WebSocket was not opened');
      connection.destroy();
    });
  });
  server.addHook('preClose', (done) => {
    isClosing = true;
    clearInterval(heartbeats);
    for (const socket of sockets) closeSocket(socket, 1001, 'The server is stopping');
    done();
  });
}

const args = (results: OperationResults): ExecutionArgs => ({
  schema: SCHEMA,
  document: DOCUMENT,
  contextValue: results,
});

function operationError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Returns the errors of a response without data; undefined for any other. */
function errorsIn(text: string): GraphQLError[] | undefined {
  if (!text.startsWith('{"errors":')) return undefined;
  const response = JSON.parse(text) as {
    data?: unknown;
    errors: { message: string; extensions?: Record<string, unknown> }[];
  };
  if ('data' in response) return undefined;
  return response.errors.map(
    ({ message, extensions }) => new GraphQLError(message, { ...(extensions && { extensions }) }),
  );
}

function forwarded(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(([name, value]) => value !== undefined && !HOP_HEADERS.test(name));
  return {
    ...Object.fromEntries(entries as [string, string | string[]][]),
    accept: 'application/graphql-response+json',
  };
}

/** Returns the token of `connection_init`, which browsers cannot send as a header. */
function authorizationOf(params: SocketContext['connectionParams']): Record<string, string> {
  const given = params?.authorization ?? params?.Authorization;
  return typeof given === 'string' ? { authorization: given } : {};
}

/** Keeps the text of numbers that parsing changes, which the request of HTTP parses again. */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context.source);
}
