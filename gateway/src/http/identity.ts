import { HeaderMap } from '@apollo/server';
import type { Logger } from '@marquee/runtime/logger';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import {
  authenticate,
  type Identity,
  RefusedToken,
  TokenKeysUnavailable,
  type VerifyToken,
} from '../application/authentication.ts';

/** What an operation knows of its request. */
export interface OperationContext {
  /** Who asks; undefined when nobody in particular does. */
  readonly identity: Identity | undefined;
}

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
 * Makes each operation's context. A token that is not good ends the request with 401 and code `UNAUTHENTICATED`, whatever it asks for; where
 * the issuer's keys are not to be had it ends with 503 and code `SERVICE_UNAVAILABLE`.
 */
export function createOperationContext(identify: IdentifyRequest, logger: Logger) {
  return async (request: FastifyRequest): Promise<OperationContext> => {
    try {
      return { identity: await identify(request) };
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
  const headers = new HeaderMap();
  headers.set('www-authenticate', 'Bearer error="invalid_token"');
  // Apollo Server takes a HeaderMap there, other servers' types for the same extension a plain object.
  const extensions: Record<string, unknown> = { code: 'UNAUTHENTICATED', http: { status: 401, headers } };
  return new GraphQLError(message, { extensions });
}
