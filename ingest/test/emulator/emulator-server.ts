import type { TestContext } from 'node:test';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { createContext } from '@marquee/runtime/process';
import type { Catalogue } from '../../src/emulator/catalogue.ts';
import { parseCatalogue } from '../../src/emulator/catalogue-file.ts';
import type { Faults } from '../../src/emulator/faults.ts';
import { addTmdbEmulator } from '../../src/emulator/tmdb-emulator.ts';
import { SMALL_CATALOGUE } from './small-catalogue.ts';

export interface EmulatorServerOptions {
  readonly catalogue?: Catalogue;
  readonly token?: string;
  readonly faults?: Partial<Faults>;
}

/** Starts an emulator on the loopback until the test ends. @returns its base URL, with `/3` */
export async function serveEmulator(t: TestContext, options: EmulatorServerOptions = {}): Promise<string> {
  const ctx = createContext('tmdb-emulator', 'fatal');
  const server = createHttpServer(ctx);
  await addTmdbEmulator(server, {
    catalogue: options.catalogue ?? parseCatalogue(SMALL_CATALOGUE.join('\n'), 'small.ndjson'),
    token: options.token,
    faults: { failRate: 0, resetRate: 0, latencyMs: 0, random: Math.random, ...options.faults },
    logger: ctx.logger,
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
