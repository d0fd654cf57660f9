import type { FastifyInstance, FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import type { IdentifyRequest } from './auth/identity.ts';

/** The path at which operators read the supergraph. */
export const SUPERGRAPH_PATH = '/supergraph';

/** The scope for reading the supergraph, which names every subgraph, address and hidden field. */
export const SUPERGRAPH_SCOPE = 'supergraph:read';

/**
 * Responds to operators with the supergraph's SDL. Others get 401 without a valid token and 403 without the scope (RFC
 * 6750, section 3.1).
 *
 * @param admit authenticates a request; its errors carry their status
 */
export function registerSupergraph(server: FastifyInstance, sdl: () => string, admit: IdentifyRequest): void {
  server.get(SUPERGRAPH_PATH, async (request, reply) => {
    try {
      const identity = await admit(request);
      if (identity === undefined) return refuse(reply, 401, 'UNAUTHENTICATED', 'Bearer');
      if (!identity.scopes.includes(SUPERGRAPH_SCOPE)) {
        const challenge = `Bearer error="insufficient_scope", scope="${SUPERGRAPH_SCOPE}"`;
        return refuse(reply, 403, 'FORBIDDEN', challenge);
      }
      return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(sdl());
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { code, http } = error.extensions as { code: string; http: { status: number; headers?: object } };
      return reply
        .code(http.status)
        .headers({ ...http.headers })
        .send({ errors: [{ message: error.message, extensions: { code } }] });
    }
  });
}

function refuse(reply: FastifyReply, status: number, code: string, challenge: string): FastifyReply {
  const message = `Send a token with the scope ${SUPERGRAPH_SCOPE}.`;
  return reply
    .code(status)
    .header('www-authenticate', challenge)
    .send({ errors: [{ message, extensions: { code } }] });
}
