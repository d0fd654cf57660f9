import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary, type CompressibleBody, compress, compressible, negotiateCoding } from './content-coding.ts';
import { EXAMPLE_QUERIES } from './example-queries.ts';
import { planViewElements } from './plan-view/plan-view.ts';

interface Page {
  readonly html: CompressibleBody;
  readonly etag: string;
  readonly policy: string;
}

export interface IdeOptions {
  /** True when `/` is a site, to which the IDE then has a link. */
  readonly hasSite: boolean;
}

/** The view of plans shows it in its bar. */
const SITE_LINK = '<a href="/" id="site-link">Movie site</a>';

/** Responds with the page of the IDE. */
export type ShowIde = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/**
 * Creates a handler that shows GraphiQL. The page loads only the view of query plans from this server, and its
 * Content-Security-Policy permits requests only to this server. It is rendered on the first visit: 9 MB that an unvisited gateway need not hold.
 */
export function createIde(endpoint: string, { hasSite }: IdeOptions): ShowIde {
  let page: Promise<Page> | undefined;
  return async (request, reply) => {
    page ??= renderPage(endpoint, hasSite);
    const { html, etag, policy } = await page;
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      etag,
    });
    addVary(reply, 'accept');
    addVary(reply, 'accept-encoding');
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
    reply.type('text/html; charset=utf-8');
    const { coding } = negotiateCoding(request.headers['accept-encoding']);
    if (coding === 'identity') return reply.send(html.text);
    const compressed = await compress(html, coding);
    return reply.header('content-encoding', coding).send(compressed);
  };
}

async function renderPage(endpoint: string, hasSite: boolean): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const graphiql = renderGraphiQL({
    title: 'Marquee',
    endpoint,
    defaultTabs: EXAMPLE_QUERIES.map((query) => ({ query })),
  }).trim();
  const { head, body } = planViewElements(endpoint);
  const html = withElements(graphiql, head, hasSite ? body + SITE_LINK : body);
  const bytes = Buffer.from(html);
  return {
    html: compressible(bytes),
    // Weak: the page has the same ETag whatever its coding (RFC 9110, section 8.8.1).
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url')}"`,
    policy: contentSecurityPolicy(html),
  };
}

/** Adds elements at the ends of the head and of the body; the editor's scripts contain texts that look like these ends. */
function withElements(page: string, head: string, body: string): string {
  const endOfHead = page.indexOf('</head>');
  const endOfBody = page.lastIndexOf('</body>');
  return page.slice(0, endOfHead) + head + page.slice(endOfHead, endOfBody) + body + page.slice(endOfBody);
}

/**
 * Returns a policy that allows only this server's scripts and the page's own by their hash (CSP level 3, section 8.4), the editor's workers
 * from blobs, fonts and images within the page, and requests to this server. The editor writes style elements as it
 * runs, which cannot be hashed.
 */
function contentSecurityPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text);
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')} 'self'`,
    'worker-src blob:',
    "style-src 'unsafe-inline' 'self'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
