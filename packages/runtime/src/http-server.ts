import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { integer } from './config.ts';
import { EXIT, MarqueeError } from './errors.ts';
import type { ProcessContext } from './process.ts';

/** Time in ms for a whole request to arrive, headers and body. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Time in ms for pending requests once a process accepts no more. */
const DRAIN_TIMEOUT_MS = 20_000;

/** The part of that time, in ms, in which a partly received request must be complete. */
const ARRIVAL_TIMEOUT_MS = 5_000;

/** The interval, in ms, at which Node looks for late requests; its default is 30 s. */
const CHECK_INTERVAL_MS = 1_000;

/** Settings of every process that serves HTTP; spread them into its schema. */
export const httpFields = {
  /** Time for a whole request to arrive. The server then closes its connection with status 408. */
  REQUEST_TIMEOUT_MS: integer({ min: 100, max: 3_600_000, default: REQUEST_TIMEOUT_MS }),
  /** Time for which a stopping process keeps accepting requests, so that load balancers notice that it is not ready. */
  DRAIN_DELAY_MS: integer({ min: 0, max: 600_000, default: 0 }),
  /** Time for pending requests once the process accepts no more. The server then closes their connections. */
  DRAIN_TIMEOUT_MS: integer({ min: 0, max: 600_000, default: DRAIN_TIMEOUT_MS }),
};

export interface HttpServerOptions {
  /** Largest accepted body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Time in ms for a whole request to arrive. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /**
   * Addresses and networks of trusted proxies, whose `X-Forwarded-For` counts, or the number of proxies that every request passes. None by
   * default.
   */
  readonly trustProxy?: string[] | number;
  /** Time in ms for which a client may read nothing of its response before the server closes the connection; unlimited by default. */
  readonly sendTimeoutMs?: number;
  /** Returns true for requests to upgrade the connection; others are handled as requests of HTTP. None by default. */
  readonly shouldUpgrade?: (request: IncomingMessage) => boolean;
  /** Returns the content of `/metrics`, where this process is one of several; its own metrics by default. */
  readonly metrics?: () => Promise<string>;
}

/**
 * Returns an HTTP server with the endpoints of every process of Marquee: `/healthz` (the process lives), `/readyz` (200 when it is ready
 * for traffic, else 503, with its checks by name) and `/metrics` (Prometheus text).
 */
export function createHttpServer(ctx: ProcessContext, options: HttpServerOptions = {}): FastifyInstance {
  const { trustProxy: trusted = false } = options;
  // Without Fastify's log, which makes a logger and two listeners for each request: handlers have the process's own.
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const server = fastify({
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    requestTimeout,
    http: {
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      shouldUpgradeCallback: options.shouldUpgrade ?? (() => false),
    },
    trustProxy: typeof trusted === 'number' ? (_address: string, hop: number) => hop < trusted : trusted,
    connectionTimeout: options.sendTimeoutMs ?? 0,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  if (options.sendTimeoutMs)
    server.server.on('request', (_request, response) => response.on('timeout', cutOffUnlessWaiting));
  // Clients open their next connection elsewhere while this process drains. And a connection that was busy when closing began would
  // otherwise idle until its keep-alive time-out and hold the process up.
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (ctx.stopping.aborted) reply.header('connection', 'close');
    done(null, payload);
  });
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const readiness = await ctx.health.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  server.get('/metrics', async (_request, reply) => {
    const text = await (options.metrics ?? (() => ctx.metrics.metrics()))();
    return reply.type(ctx.metrics.contentType).send(text);
  });
  return server;
}

/** Closes an idle connection unless its client waits for a response: the time-out counts connections without traffic. */
function cutOffUnlessWaiting(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

/** A server's address, and the environment variable that changes its port. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
  /** Time in ms between the end of readiness and that of accepting requests. Default 0. */
  readonly drainDelayMs?: number;
  /** Time in ms for pending requests once the server accepts no more. Default 20 s. */
  readonly drainTimeoutMs?: number;
}

/**
 * Starts listening. When the process stops, `/readyz` reports it at once, and the server keeps accepting requests for the drain delay. It
 * then takes no new connections, closes idle ones and finishes pending requests. It closes the connection of a request that has not arrived
 * after 5 s, and of a response that has not been read within the drain time-out.
 *
 * The delay is for load balancers that notice late, such as those of Kubernetes: https://kubernetes.io/docs/concepts/workloads/pods/pod-
 * lifecycle/#pod-termination
 *
 * @returns the port, chosen by the system for port 0
 * @throws MarqueeError `PORT_IN_USE` (exit code 2) that names the variable
 */
export async function listen(
  ctx: ProcessContext,
  server: FastifyInstance,
  { host, port, variable, drainDelayMs = 0, drainTimeoutMs = DRAIN_TIMEOUT_MS }: ListenOptions,
): Promise<number> {
  const closeLate = trackConnections(server);
  try {
    await server.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new MarqueeError('PORT_IN_USE', `Port ${port} is in use: set ${variable} to a free one.`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
  ctx.onStop('http', async () => {
    await sleep(drainDelayMs);
    // Node stops looking for late requests as soon as a server closes.
    const timers = [
      setTimeout(closeLate, Math.min(ARRIVAL_TIMEOUT_MS, drainTimeoutMs)),
      setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs),
    ];
    await server.close();
    for (const timer of timers) clearTimeout(timer);
  });
  const address = server.server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  ctx.logger.info({ host, port: bound }, 'listening');
  return bound;
}

/** Tracks a server's connections. The returned function closes those without a complete request in progress. */
function trackConnections({ server }: FastifyInstance): () => void {
  // The last one of each: a listener that forgets it when it has finished costs the garbage collector more than it frees.
  const responses = new Map<Socket, ServerResponse | undefined>();
  server.on('connection', (socket: Socket) => {
    responses.set(socket, undefined);
    socket.once('close', () => responses.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => responses.set(socket, response));
  return () => {
    for (const [socket, response] of responses) {
      const isAnswering = response?.req.complete === true && !response.writableFinished;
      if (!isAnswering) socket.destroy();
    }
  };
}
