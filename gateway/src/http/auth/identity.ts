import type { Logger } from '@marquee/runtime/logger';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import {
  authenticate,
  type Identity,
  TokenKeysUnavailable,
  TokenRejected,
  type VerifyToken,
} from './authentication.ts';

/** Returns the identity of a request; rejects as `authenticate` does. */
export type IdentifyRequest = (request: FastifyRequest) => Promise<Identity | undefined>;

/** Creates a function that verifies the token of a request once and caches the identity. */
export function createTokenIdentification(verify: VerifyToken | undefined): IdentifyRequest {
  const identities = new WeakMap<FastifyRequest, Promise<Identity | undefined>>();
  return (request) => {
    const identity = identities.get(request) ?? authenticate(request.headers.authorization, verify);
    identities.set(request, identity);
    return identity;
  };
}

/**
 * Creates a function that returns the identity of a request. An invalid token is an error with status 401 and code
 * `UNAUTHENTICATED`; without the issuer's keys it is one with 503 and code `SERVICE_UNAVAILABLE`.
 */
export function createAuthentication(identify: IdentifyRequest, logger: Logger): IdentifyRequest {
  return async (request) => {
    // Most requests have no token: skip the promise.
    if (request.headers.authorization === undefined) return undefined;
    try {
      return await identify(request);
    } catch (error) {
      if (error instanceof TokenRejected) throw unauthenticated(error.message);
      if (!(error instanceof TokenKeysUnavailable)) throw error;
      logger.error({ err: error }, 'tokens cannot be verified');
      throw new GraphQLError('Tokens cannot be verified at the moment. Try again shortly.', {
        extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503 } },
      });
    }
  };
}

/** Creates an error with the challenge of RFC 6750, section 3. */
function unauthenticated(message: string): GraphQLError {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers } } });
}
