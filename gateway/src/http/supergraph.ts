import type { FastifyInstance, FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import type { IdentifyRequest } from './auth/identity.ts';

/** Where operators read the supergraph that is served. */
export const SUPERGRAPH_PATH = '/supergraph';

/** The scope of a token that may read it: it names every subgraph, its address and its fields, whether clients may see them or not. */
export const SUPERGRAPH_SCOPE = 'supergraph:read';

/**
 * Answers operators with the text of the supergraph that is served. Others are told what they lack (RFC 6750, section 3.1): 401 without a
 * token that is good, 403 with one that permits other things.
 *
 * @param admit whose request it is; its errors carry their status
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
