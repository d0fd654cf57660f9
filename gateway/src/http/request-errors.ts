import type { Logger } from '@marquee/runtime/logger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** A request that is rejected before it reaches GraphQL. The message is for the client. */
export class RequestRejection extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.headers = headers;
  }
}

/** Codes and messages, by status, of requests that are rejected before they reach GraphQL. */
const REJECTIONS: Readonly<Record<number, { code: string; message: string }>> = {
  400: {
    code: 'BAD_REQUEST',
    message: 'Send one JSON object as the body, without the keys `__proto__` and `constructor.prototype`.',
  },
  413: { code: 'BODY_TOO_LARGE', message: 'The request body is too large.' },
  415: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Send the operation as JSON, with the content type application/json.',
  },
  429: { code: 'RATE_LIMITED', message: 'Too many requests: try again after the seconds in Retry-After.' },
};

/** Creates a handler that formats rejections before GraphQL as GraphQL errors, with a code and without internals. */
export function createRequestErrorHandler(logger: Logger) {
  return (error: FastifyError | RequestRejection, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    const rejection =
      error instanceof RequestRejection ? error : (REJECTIONS[status] ?? (status < 500 ? REJECTIONS[400] : undefined));
    if (error instanceof RequestRejection) reply.headers(error.headers);
    if (rejection === undefined) {
      // A stream without a client ends with an error, too.
      const isGone = reply.raw.destroyed || request.raw.socket.destroyed;
      if (isGone) logger.debug({ err: error }, 'a client went away');
      else logger.error({ err: error }, 'a request failed unexpectedly');
    }
    const { code, message } = rejection ?? { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send({ errors: [{ message, extensions: { code } }] });
  };
}
