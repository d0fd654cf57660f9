import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { EXIT, MarqueeError } from './errors.ts';
import type { ProcessContext } from './process.ts';

export interface HttpServerOptions {
  /** Largest accepted body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed; nobody's by default. */
  readonly trustProxy?: string[];
}

/**
 * An HTTP server with what every process of Marquee answers: `/healthz` (the process lives), `/readyz` (it may get traffic:
 * 200 or 503, with its checks by name) and `/metrics` (Prometheus text).
 */
export function createHttpServer(ctx: ProcessContext, options: HttpServerOptions = {}): FastifyInstance {
  const server = fastify({
    loggerInstance: ctx.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    trustProxy: options.trustProxy ?? false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  // A connection that was busy when closing began would otherwise idle until its keep-alive time-out and hold the process up.
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
    return reply.type(ctx.metrics.contentType).send(await ctx.metrics.metrics());
  });
  return server;
}

/** Where a server listens, and the environment variable that changes its port. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
}

/**
 * Starts listening, and closes the server when the process stops: requests under way are answered first.
 *
 * @returns the port, which is the system's choice where 0 was asked for.
 * @throws MarqueeError `PORT_IN_USE` (exit code 2) that names the variable.
 */
export async function listen(
  ctx: ProcessContext,
  server: FastifyInstance,
  { host, port, variable }: ListenOptions,
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
  ctx.onStop('http', () => server.close());
  const address = server.server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  ctx.logger.info({ host, port: bound }, 'listening');
  return bound;
}
