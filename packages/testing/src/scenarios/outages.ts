import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventPart, ObservationTopic } from '@marquee/events/topics';
import { testEventLog } from '../event-log.ts';
import { eventually } from '../eventually.ts';
import { openGate } from '../gate.ts';
import { migratedSubgraphDatabase } from '../subgraph-database.ts';
import { codeOf, dataOf, type RunningSubgraph, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** Returns the response of `/readyz`. */
async function readiness(subgraph: RunningSubgraph): Promise<{ status: number; checks: Record<string, string> }> {
  const response = await subgraph.get('/readyz');
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return { status: response.status, checks };
}

/**
 * Tests readiness and responses of a subgraph's processes during and after an outage of a dependency.
 *
 * @param topic one that the subgraph consumes
 * @param field a field of the query, with arguments, that is null for an empty database but needs a statement
 */
export function describeOutages<Part extends EventPart>(
  { main, ...schema }: Subgraph,
  topic: ObservationTopic<Part>,
  field: string,
): void {
  const query = `{ absent: ${field} { __typename } }`;

  describe('an outage', () => {
    it('of the database: an API is not ready, but alive, and says so to clients', async () => {
      const database = await migratedSubgraphDatabase(schema);
      const gate = await openGate(database.env.DATABASE_URL);
      let api: RunningSubgraph | undefined;
      try {
        const subgraph = await startSubgraph(main, ['serve'], { ...database.env, DATABASE_URL: gate.url });
        api = subgraph;
        assert.deepEqual(await readiness(subgraph), { status: 200, checks: { database: 'ok' } });
        await gate.shut();
        assert.deepEqual(await readiness(subgraph), { status: 503, checks: { database: 'failing' } });
        assert.equal((await subgraph.get('/healthz')).status, 200);
        assert.equal(codeOf(await subgraph.ask(query)), 'SERVICE_UNAVAILABLE');
        await gate.open();
        await eventually(async () => assert.equal((await readiness(subgraph)).status, 200));
        assert.equal(dataOf(await subgraph.ask(query)).absent, null);
      } finally {
        assert.equal(await api?.stop(), 0);
        await gate.shut();
        await database.drop();
      }
    });

    it('of the event log: a consumer is not ready; an API that consumes too is, and answers', async () => {
      const database = await migratedSubgraphDatabase(schema);
      const log = await testEventLog(database, topic);
      const gate = await openGate(log.env.EVENT_LOG_URL);
      const env = { ...database.env, EVENT_LOG_URL: gate.url };
      const running: RunningSubgraph[] = [];
      try {
        const consumer = await startSubgraph(main, ['consume'], env);
        running.push(consumer);
        const api = await startSubgraph(main, ['serve', 'consume'], env);
        running.push(api);
        for (const process of running) {
          await eventually(async () => {
            const { status, checks } = await readiness(process);
            assert.equal(status, 200);
            // A subgraph that publishes changes also has its relay's check, and one with subscriptions that of its feed.
            const { 'outbox relay': relay = 'ok', 'change feed': feed = 'ok', ...others } = checks;
            assert.deepEqual([relay, feed], ['ok', 'ok']);
            assert.deepEqual(others, {
              database: 'ok',
              'inbox database': 'ok',
              'inbox event log': 'ok',
              'inbox partitions': 'ok',
              'inbox progress': 'ok',
            });
          });
        }
        await gate.shut();
        for (const [process, status] of [
          [consumer, 503],
          [api, 200],
        ] as const) {
          await eventually(async () => {
            const now = await readiness(process);
            assert.deepEqual(
              [now.status, now.checks.database, now.checks['inbox event log']],
              [status, 'ok', 'failing'],
            );
          });
        }
        assert.equal(dataOf(await api.ask(query)).absent, null);
        await gate.open();
        for (const process of running) {
          await eventually(async () => assert.equal((await readiness(process)).checks['inbox event log'], 'ok'));
          assert.equal((await readiness(process)).status, 200);
        }
      } finally {
        for (const process of running) assert.equal(await process.stop(), 0);
        await log.eventLog.close();
        await gate.shut();
        await database.drop();
      }
    });
  });
}
