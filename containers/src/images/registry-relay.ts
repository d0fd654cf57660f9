import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '@marquee/runtime/errors';
import fetch, { type Options } from 'npm-registry-fetch';

/** An npm registry on this machine's loopback address, for `npm ci` in a build. */
export interface RegistryRelay {
  readonly url: string;
  close(): Promise<void>;
}

/** The preferred port: the address is part of a layer's cache key. */
const USUAL_PORT = 4873;

interface Packument {
  readonly versions?: Record<string, { dist?: { tarball?: string } }>;
}

/**
 * Forwards requests to the registry of these settings, with their credentials, proxy and certificates, so that a build needs none of them
 * and no layer can contain them. Read-only; `npm ci` checks every tarball against package-lock.json.
 */
export async function startRegistryRelay(options: Options & { readonly registry: string }): Promise<RegistryRelay> {
  const tarballs = new Map<string, string>();
  const server = createServer((request, response) => {
    relay(request, response, options, tarballs).catch((error: { statusCode?: number }) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(error.statusCode ?? 502).end(messageOf(error));
    });
  });
  const listening = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  await listening(USUAL_PORT).catch(() => listening(0));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  options: Options,
  tarballs: Map<string, string>,
): Promise<void> {
  if (request.method !== 'GET') {
    response.writeHead(405, { allow: 'GET' }).end();
    return;
  }
  const path = request.url ?? '/';
  // Outside of the registry, forwards only addresses of a packument; npm's fetch sends credentials to their registry alone.
  const answer = await fetch(tarballs.get(path) ?? path, {
    ...options,
    headers: { accept: request.headers.accept ?? '*/*' },
  });
  const type = answer.headers.get('content-type') ?? 'application/octet-stream';
  if (!type.includes('json')) {
    response.writeHead(answer.status, { 'content-type': type });
    await pipeline(answer.body as NodeJS.ReadableStream, response);
    return;
  }
  const packument = (await answer.json()) as Packument;
  for (const { dist } of Object.values(packument.versions ?? {})) {
    if (dist?.tarball === undefined) continue;
    const local = `${path.replace(/\?.*$/, '')}/-/${dist.tarball.split('/').at(-1)}`;
    tarballs.set(local, dist.tarball);
    dist.tarball = `http://${request.headers.host}${local}`;
  }
  response.writeHead(answer.status, { 'content-type': type }).end(JSON.stringify(packument));
}
