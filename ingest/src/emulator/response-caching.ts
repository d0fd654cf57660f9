import { hash } from 'node:crypto';
import { constants, gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const MIN_GZIP_BYTES = 1024;

/**
 * Adds a weak ETag and Cache-Control to successful bodies, responds to a matching If-None-Match with 304, and compresses large bodies, as
 * TMDb's content delivery network does.
 *
 * @param maxAge seconds in Cache-Control
 */
export function addResponseCaching(server: FastifyInstance, maxAge: number): void {
  server.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string') return payload;
    if (reply.statusCode === 200) {
      const etag = `W/"${hash('sha1', payload)}"`;
      reply.header('etag', etag).header('cache-control', `public, max-age=${maxAge}`);
      if (request.headers['if-none-match'] === etag) {
        reply.code(304).removeHeader('content-type').removeHeader('content-length');
        return '';
      }
    }
    const acceptsGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (!acceptsGzip || payload.length < MIN_GZIP_BYTES) return payload;
    reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').removeHeader('content-length');
    // On this thread: several compressions at once in others hold as many buffers, and take more CPU.
    return gzipSync(payload, { level: constants.Z_BEST_SPEED });
  });
}
