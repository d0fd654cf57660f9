/** A replica that requests a URL as fast as its share of the allowance lets it, until SIGTERM: `rate-program.ts URL LIMIT`. */
import { createPool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { Pool } from 'undici';
import { joinReplicas } from '../../src/infrastructure/postgres-replica.ts';
import { createSharedRequestRate } from '../../src/infrastructure/shared-request-rate.ts';

const [url = '', limit = ''] = process.argv.slice(2);
const logger = createLogger('rate-program', 'silent');
const pool = createPool({ url: process.env.DATABASE_URL ?? '', schema: 'ingest', applicationName: 'rate', logger });
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const replica = await joinReplicas({ pool, name: 'rate', command: 'test', logger, onLive: () => {} });
const rate = await createSharedRequestRate({
  pool,
  replica: replica.id,
  limit: Number(limit),
  logger,
  stop: stop.signal,
});
const client = new Pool(url, { connections: 20 });

async function worker(): Promise<void> {
  while (!stop.signal.aborted) {
    await rate.turn();
    if (stop.signal.aborted) return;
    const startedAt = Date.now();
    const { statusCode, headers, body } = await client.request({ path: '/', method: 'GET' });
    await body.dump();
    const retryAfter = headers['retry-after'];
    if (statusCode === 429) rate.refused(startedAt, retryAfter === undefined ? undefined : Number(retryAfter) * 1_000);
    else rate.accepted();
  }
}

await Promise.all(Array.from({ length: 20 }, worker));
await client.close();
await replica.leave();
await pool.end();
