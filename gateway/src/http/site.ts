import { createHash } from 'node:crypto';
import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { prefersHtml } from '@marquee/graphql-over-http/http-request';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addVary, type CompressibleBody, compress, compressible, negotiateCoding } from './content-coding.ts';

interface SiteFile {
  readonly body: CompressibleBody;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
}

const INDEX = '/index.html';

/** Media types by extension, and whether compression helps. */
const TYPES: Readonly<Record<string, readonly [type: string, isCompressible: boolean]>> = {
  '.css': ['text/css; charset=utf-8', true],
  '.html': ['text/html; charset=utf-8', true],
  '.ico': ['image/x-icon', true],
  '.js': ['text/javascript; charset=utf-8', true],
  '.json': ['application/json; charset=utf-8', true],
  '.png': ['image/png', false],
  '.svg': ['image/svg+xml', true],
  '.txt': ['text/plain; charset=utf-8', true],
  '.webp': ['image/webp', false],
  '.woff2': ['font/woff2', false],
};

/** Scripts and styles come from this server alone. TMDb's terms require that its pictures come from its own server. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' https://image.tmdb.org",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The element by which the page knows that the endpoint shows an IDE. */
const IDE_ELEMENT = /<meta name="graphql-ide"[^>]*>/;

export interface SiteOptions {
  /** The folder of the built site. */
  readonly folder: string;
  /** False removes the page's link to the IDE. */
  readonly hasIde: boolean;
}

/**
 * Serves the files of a folder, and its `index.html` for every other address that a browser opens: the page's script
 * reads the address.
 *
 * @throws MarqueeError `SITE_UNREADABLE` (exit code 2) for a folder without `index.html`
 */
export async function registerSite(server: FastifyInstance, { folder, hasIde }: SiteOptions): Promise<void> {
  const files = await readSite(folder, hasIde);
  const index = files.get(INDEX);
  if (index === undefined) throw unreadable(folder, 'it has no index.html');
  for (const [name, file] of files) {
    // Routes begin parameters with a colon, unless it is doubled.
    if (name !== INDEX) server.get(name.replaceAll(':', '::'), (request, reply) => send(request, reply, file));
  }
  server.get('/', (request, reply) => send(request, reply, index));
  server.setNotFoundHandler((request, reply) => {
    if (['GET', 'HEAD'].includes(request.method) && prefersHtml(request.headers.accept))
      return send(request, reply, index);
    const message = `Route ${request.method}:${request.url} not found`;
    return reply.code(404).send({ message, error: 'Not Found', statusCode: 404 });
  });
}

/** Reads all files, some hundred kB, by their path from the root of the site. */
async function readSite(site: string, hasIde: boolean): Promise<ReadonlyMap<string, SiteFile>> {
  const files = new Map<string, SiteFile>();
  try {
    // A build replaces the link, not the files that this process reads.
    const folder = await realpath(site);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const [type, isCompressible] = TYPES[path.extname(entry.name)] ?? [];
      if (!entry.isFile() || type === undefined) continue;
      const file = path.join(entry.parentPath, entry.name);
      const name = `/${path.relative(folder, file).replaceAll(path.sep, '/')}`;
      const content = await readFile(file);
      const isPlain = hasIde || name !== INDEX;
      const bytes = isPlain ? content : Buffer.from(content.toString().replace(IDE_ELEMENT, ''));
      files.set(name, {
        body: isCompressible ? compressible(bytes) : { text: bytes, compressed: undefined },
        type,
        // Weak: the file has the same ETag whatever its coding (RFC 9110, section 8.8.1).
        etag: `W/"${createHash('sha256').update(bytes).digest('base64url')}"`,
        // Vite names assets by their content.
        cacheControl: name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
    }
  } catch (cause) {
    throw unreadable(site, 'it cannot be read', cause);
  }
  return files;
}

async function send(request: FastifyRequest, reply: FastifyReply, file: SiteFile): Promise<FastifyReply> {
  const { body, type, etag, cacheControl } = file;
  reply.headers({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': cacheControl,
    etag,
  });
  if (body.compressed !== undefined) addVary(reply, 'accept-encoding');
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
  reply.type(type);
  const { coding } = negotiateCoding(request.headers['accept-encoding']);
  if (coding === 'identity' || body.compressed === undefined) return reply.send(body.text);
  const compressed = await compress(body, coding);
  return reply.header('content-encoding', coding).send(compressed);
}

function unreadable(folder: string, reason: string, cause?: unknown): MarqueeError {
  return new MarqueeError('SITE_UNREADABLE', `SITE_DIR: ${folder} is no built site: ${reason}. Build it first.`, {
    cause,
    exitCode: EXIT.usage,
  });
}
