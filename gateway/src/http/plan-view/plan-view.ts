import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { FastifyInstance } from 'fastify';
import { addVary, type CompressibleBody, compress, compressible, negotiateCoding } from '../content-coding.ts';

interface Asset {
  readonly type: string;
  readonly body: CompressibleBody;
  readonly etag: string;
}

const BROWSER = new URL('browser/', import.meta.url);

/** The elements of the IDE's page that add the view of the last operation's query plan. */
export function planViewElements(endpoint: string): { readonly head: string; readonly body: string } {
  const folder = folderOf(endpoint);
  return {
    head: `<link rel="stylesheet" href="${folder}style.css">`,
    body: `<script type="module" src="${folder}main.ts" data-endpoint="${endpoint}"></script>`,
  };
}

/** Serves the scripts and the style sheet of the view. They are read on the first visit. */
export function registerPlanView(server: FastifyInstance, endpoint: string): void {
  let reading: Promise<ReadonlyMap<string, Asset>> | undefined;
  server.get<{ Params: { name: string } }>(`${folderOf(endpoint)}:name`, async (request, reply) => {
    reading ??= readAssets();
    const asset = (await reading).get(request.params.name);
    if (asset === undefined) return reply.callNotFound();
    const { type, body, etag } = asset;
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache', etag });
    addVary(reply, 'accept-encoding');
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
    reply.type(type);
    const { coding } = negotiateCoding(request.headers['accept-encoding']);
    if (coding === 'identity' || body.compressed === undefined) return reply.send(body.text);
    return reply.header('content-encoding', coding).send(await compress(body, coding));
  });
}

const folderOf = (endpoint: string) => `${endpoint}/ide/`;

async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const names = await readdir(BROWSER);
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, BROWSER), 'utf8')));
  const scripts = names.flatMap((name, index) => (name.endsWith('.ts') ? [index] : []));
  const stripped = await stripTypes(scripts.map((index) => texts[index] ?? ''));
  for (const [position, index] of scripts.entries()) texts[index] = stripped[position] ?? '';
  return new Map(
    names.map((name, index) => {
      const text = texts[index] ?? '';
      const type = name.endsWith('.ts') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8';
      const etag = `W/"${createHash('sha256').update(text).digest('base64url')}"`;
      return [name, { type, body: compressible(Buffer.from(text)), etag }];
    }),
  );
}

/** Removes types in a thread that ends then: the memory of the compiler ends with it, and its warning is not logged. */
function stripTypes(texts: readonly string[]): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const worker = new Worker(STRIP_TYPES, {
    eval: true,
    workerData: texts,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  worker.once('message', resolve);
  worker.once('error', reject);
  return promise;
}

const STRIP_TYPES = `
const { parentPort, workerData } = require('node:worker_threads');
const { stripTypeScriptTypes } = require('node:module');
parentPort.postMessage(workerData.map((text) => stripTypeScriptTypes(text)));
`;
