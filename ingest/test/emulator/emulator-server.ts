import type { TestContext } from 'node:test';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { createContext } from '@marquee/runtime/process';
import { parseCatalogue } from '../../src/emulator/catalogue-file.ts';
import { type Faults, NO_FAULTS } from '../../src/emulator/faults.ts';
import { addTmdbEmulator, type TmdbEmulatorOptions } from '../../src/emulator/tmdb-emulator.ts';
import { SMALL_CATALOGUE } from './small-catalogue.ts';

export interface EmulatorServerOptions extends Partial<Omit<TmdbEmulatorOptions, 'faults'>> {
  readonly faults?: Partial<Faults>;
}

/** Starts an emulator on the loopback until the test ends. @returns its base URL, with `/3` */
export async function serveEmulator(t: TestContext, options: EmulatorServerOptions = {}): Promise<string> {
  const ctx = createContext('tmdb-emulator', 'fatal');
  const server = createHttpServer(ctx);
  await addTmdbEmulator(server, {
    catalogue: parseCatalogue(SMALL_CATALOGUE.join('\n'), 'small.ndjson'),
    seed: 1,
    maxAge: 3600,
    admin: true,
    logger: ctx.logger,
    ...options,
    faults: { ...NO_FAULTS, ...options.faults },
  });
  const port = await listen(ctx, server, { host: '127.0.0.1', port: 0, variable: 'EMULATOR_PORT' });
  t.after(() => ctx.stop());
  return `http://127.0.0.1:${port}/3`;
}

/** Sends a GET and parses a JSON body. */
export async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: type.includes('json') ? JSON.parse(text) : undefined,
  };
}

/** Sends a request to the emulator's own routes. @param base URL with `/3` */
export async function admin(base: string, method: string, path: string, body?: object) {
  const response = await fetch(new URL(`/emulator${path}`, base), {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
