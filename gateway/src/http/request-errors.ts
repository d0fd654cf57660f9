import type { Logger } from '@marquee/runtime/logger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { RequestRejection } from './request-refusal.ts';

/** Codes and messages, by status, of requests that are rejected before they reach GraphQL. */
const REFUSALS: Readonly<Record<number, { code: string; message: string }>> = {
  400: {
    code: 'BAD_REQUEST',
    message: 'Send one JSON object as the body, without the keys `__proto__` and `constructor.prototype`.',
  },
  413: { code: 'BODY_TOO_LARGE', message: 'The request body is too large.' },
  415: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send the operation as JSON, with the content type application/json.',
  },
  429: { code: 'RATE_LIMITED', message: 'Too many requests: try again after the seconds that Retry-After tells.' },
};

/** Creates a handler that formats rejections before GraphQL as GraphQL errors, with a code and without internals. */
export function createRequestErrorHandler(logger: Logger) {
  return (error: FastifyError | RequestRejection, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    const refusal =
      error instanceof RequestRejection ? error : (REFUSALS[status] ?? (status < 500 ? REFUSALS[400] : undefined));
    if (error instanceof RequestRejection) reply.headers(error.headers);
    if (refusal === undefined) {
      // A stream without a client ends with an error, too.
      const isGone = reply.raw.destroyed || request.raw.socket.destroyed;
      if (isGone) logger.debug({ err: error }, 'a client went away');
      else logger.error({ err: error }, 'a request failed unexpectedly');
    }
    const { code, message } = refusal ?? { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send({ errors: [{ message, extensions: { code } }] });
  };
}
