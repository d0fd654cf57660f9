import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { integer } from './config.ts';
import { EXIT, MarqueeError } from './errors.ts';
import type { ProcessContext } from './process.ts';

/** For processes that get their traffic from a balancer; spread it into the schema of each. */
export const drainFields = {
  /** How long a process that stops goes on accepting requests, for whoever routes to it to see that it is not ready. */
  DRAIN_DELAY_MS: integer({ min: 0, max: 600_000, default: 0 }),
};

export interface HttpServerOptions {
  /** Largest accepted body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed; nobody's by default. */
  readonly trustProxy?: string[];
  /** Time in ms for which a client may take nothing of its answer before it is cut off; for ever by default. */
  readonly sendTimeoutMs?: number;
  /** What `/metrics` answers, where this process is one of several; its own metrics by default. */
  readonly metrics?: () => Promise<string>;
}

/**
 * An HTTP server with what every process of Marquee answers: `/healthz` (the process lives), `/readyz` (it may get traffic:
 * 200 or 503, with its checks by name) and `/metrics` (Prometheus text).
 */
export function createHttpServer(ctx: ProcessContext, options: HttpServerOptions = {}): FastifyInstance {
  // Without Fastify's log, which makes a logger and two listeners for each request: handlers have the process's own.
  const server = fastify({
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    trustProxy: options.trustProxy ?? false,
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

/** The time-out is of connections on which nothing moves: a client that waits for its answer has nothing to take. */
function cutOffUnlessWaiting(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

/** Where a server listens, and the environment variable that changes its port. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
  /** Time between the end of readiness and that of accepting. Default 0. */
  readonly drainDelayMs?: number;
}

/**
 * Starts listening. When the process stops, which `/readyz` tells at once, it goes on accepting and answering for the drain delay; then
 * it takes no new connections, closes idle ones, and answers what is under way.
 *
 * The delay is for balancers that learn of it late, such as Kubernetes' proxies:
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
 *
 * @returns the port, which is the system's choice where 0 was asked for.
 * @throws MarqueeError `PORT_IN_USE` (exit code 2) that names the variable.
 */
export async function listen(
  ctx: ProcessContext,
  server: FastifyInstance,
  { host, port, variable, drainDelayMs = 0 }: ListenOptions,
): Promise<number> {
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
    await server.close();
  });
  const address = server.server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  ctx.logger.info({ host, port: bound }, 'listening');
  return bound;
}
