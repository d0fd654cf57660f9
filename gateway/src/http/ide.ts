import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { EXAMPLE_QUERIES } from './example-queries.ts';
import { GRAPHQL_PATH } from './graphql.ts';

interface Page {
  readonly html: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
  readonly policy: string;
}

/**
 * Shows GraphiQL at `/`. The page brings everything with it, and its Content-Security-Policy lets it ask nobody but this server.
 * It is made on the first visit: nine megabytes that a gateway nobody visits need not hold.
 */
export function registerIde(server: FastifyInstance): void {
  let page: Promise<Page> | undefined;
  server.get('/', async (request, reply) => {
    page ??= renderPage();
    const { html, gzipped, etag, policy } = await page;
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      etag,
    });
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
    reply.type('text/html; charset=utf-8');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(html);
    return reply.header('content-encoding', 'gzip').send(gzipped);
  });
}

async function renderPage(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Marquee',
    endpoint: GRAPHQL_PATH,
    defaultTabs: EXAMPLE_QUERIES.map((query) => ({ query })),
  }).trim();
  const bytes = Buffer.from(html);
  return {
    html: bytes,
    gzipped: await promisify(gzip)(bytes),
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    policy: contentSecurityPolicy(html),
  };
}

/**
 * Nothing is allowed but the page's own scripts by their hash (CSP level 3, section 8.4), the editor's workers, which it makes from
 * blobs, its fonts and pictures, which are in the page, and requests to this server. The editor writes style elements as it
 * runs: those cannot be hashed.
 */
function contentSecurityPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text);
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
