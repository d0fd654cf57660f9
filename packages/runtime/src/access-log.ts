import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { flag } from './config.ts';
import type { ProcessContext } from './process.ts';

/** Settings of a process that can log requests; spread them into its schema. */
export const accessLogFields = {
  /** True to log a line for each request, at the level `info` whatever `LOG_LEVEL` is. */
  ACCESS_LOG: flag(false),
};

/** Facts that a handler adds to the line of a request. Texts of clients are already bounded. */
export interface AccessFacts {
  readonly operation?: string | undefined;
  readonly operation_type?: string | undefined;
  readonly outcome?: string | undefined;
  readonly trace_id?: string | undefined;
}

export interface AccessLog {
  /** Adds facts to the line of a request. */
  add(request: FastifyRequest, facts: AccessFacts): void;
}

/** Longest logged path, in characters. */
const MAX_PATH = 200;

/** Paths of probes and of Prometheus, which would be most of the lines. */
const UNLOGGED = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Logs a line for each request once its response has been sent, or its client has left: method, path without the query, status, time in ms,
 * bytes of the body where they are known, and the client's address. Register it before the routes.
 */
export function registerAccessLog(server: FastifyInstance, ctx: ProcessContext): AccessLog {
  const logger = ctx.logger.child({ part: 'access' }, { level: 'info' });
  const facts = new WeakMap<FastifyRequest, AccessFacts>();
  server.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (!UNLOGGED.has(path)) logger.info({ ...lineOf(request, reply, path), ...facts.get(request) }, 'request');
    done();
  });
  return { add: (request, added) => void facts.set(request, { ...facts.get(request), ...added }) };
}

function lineOf({ method, ip }: FastifyRequest, reply: FastifyReply, path: string) {
  const length = Number(reply.getHeader('content-length'));
  return {
    method,
    path: path.slice(0, MAX_PATH),
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 1_000) / 1_000,
    ...(Number.isFinite(length) && { bytes: length }),
    client: ip,
    ...(!reply.raw.writableFinished && { aborted: true }),
  };
}
