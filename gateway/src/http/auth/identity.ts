import type { Logger } from '@marquee/runtime/logger';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { authenticate, type Identity, RefusedToken, TokenKeysUnavailable, type VerifyToken } from './authentication.ts';

/** Whose request it is; what it throws is as `authenticate` says. */
export type IdentifyRequest = (request: FastifyRequest) => Promise<Identity | undefined>;

/** Verifies the token of a request once, however often it is asked whose it is. */
export function createIdentification(verify: VerifyToken | undefined): IdentifyRequest {
  const known = new WeakMap<FastifyRequest, Promise<Identity | undefined>>();
  return (request) => {
    const identity = known.get(request) ?? authenticate(request.headers.authorization, verify);
    known.set(request, identity);
    return identity;
  };
}

/**
 * Whose request it is. A token that is not good is an error with status 401 and code `UNAUTHENTICATED`, whatever is asked for; where the
 * issuer's keys are not to be had it is one with 503 and code `SERVICE_UNAVAILABLE`.
 */
export function createAdmission(identify: IdentifyRequest, logger: Logger): IdentifyRequest {
  return async (request) => {
    // Nobody in particular, in most requests: no promise to wait for.
    if (request.headers.authorization === undefined) return undefined;
    try {
      return await identify(request);
    } catch (error) {
      if (error instanceof RefusedToken) throw unauthenticated(error.message);
      if (!(error instanceof TokenKeysUnavailable)) throw error;
      logger.error({ err: error }, 'tokens cannot be verified');
      throw new GraphQLError('Tokens cannot be verified at the moment. Try again shortly.', {
        extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503 } },
      });
    }
  };
}

/** The challenge is that of RFC 6750, section 3. */
function unauthenticated(message: string): GraphQLError {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers } } });
}
