import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EventData, EventPart, ObservationTopic } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '../event-log.ts';
import { eventually } from '../eventually.ts';
import { type PreviousVersion, previousVersion } from '../previous-version.ts';
import { emptySubgraphDatabase, type SubgraphDatabase } from '../subgraph-database.ts';
import { type RunningSubgraph, runToEnd, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** An entity that a client wrote, and its version. */
export interface Written {
  readonly id: string;
  readonly version: number;
}

/** Operations and events for a subgraph while two versions of it run. */
export interface TwoVersionsOptions<Part extends EventPart> {
  readonly topic: ObservationTopic<Part>;
  /** Returns an observation of a movie with this text. */
  readonly observation: (movieId: string, text: string) => EventData[Part];
  /** Reads the text of an observed movie; undefined for a missing movie. */
  readonly observed: (api: RunningSubgraph, movieId: string) => Promise<string | undefined>;
  /** Field of the mutation that creates an entity; a version without it only reads. */
  readonly creation: string;
  /** @param movieId the entity's movie, if it has one */
  readonly create: (api: RunningSubgraph, text: string, movieId: string) => Promise<Written>;
  readonly update: (api: RunningSubgraph, written: Written, text: string) => Promise<Written>;
  readonly remove: (api: RunningSubgraph, written: Written) => Promise<void>;
  /** Reads the text of a written entity; undefined for a deleted one. */
  readonly read: (api: RunningSubgraph, id: string) => Promise<string | undefined>;
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/**
 * Tests the version before the last migration next to this one, on this one's schema, as in a rolling update and after a rollback: it
 * serves, consumes and writes, and each version sees the changes of the other.
 */
export function describePreviousVersion<Part extends EventPart>(
  { main, ...schema }: Subgraph,
  { topic, observation, observed, creation, create, update, remove, read }: TwoVersionsOptions<Part>,
): void {
  describe('the version before the last migration, on the schema after it', { timeout: 240_000 }, () => {
    let previous: PreviousVersion;
    let database: SubgraphDatabase;
    let log: TestEventLog<Part>;
    let api: RunningSubgraph;
    let old: RunningSubgraph;
    let writes: boolean;
    let made: Written;

    before(async () => {
      previous = await previousVersion(schema.name);
      database = await emptySubgraphDatabase(schema);
      log = await testEventLog(database, topic);
      const env = { ...database.env, ...log.env };
      const first = await startSubgraph(main, ['migrate', 'serve', 'consume'], env);
      await log.publish([observation('602', 'left alone'), observation('603', 'before')], at(1));
      for (const [id, text] of [
        ['602', 'left alone'],
        ['603', 'before'],
      ] as const)
        await eventually(async () => assert.equal(await observed(first, id), text));
      // In a version without mutations, an observation replaces the whole movie.
      writes = previous.schema.includes(`${creation}(`);
      made = await create(first, 'made by the new one', writes ? '603' : '602');
      assert.equal(await first.stop(), 0);
      api = await startSubgraph(main, ['serve'], env);
      old = await startSubgraph(previous.main, ['serve', 'consume'], env);
    });
    after(async () => {
      for (const each of [old, api]) assert.equal(await each?.stop(), 0);
      await log?.eventLog.close();
      await database?.drop();
      await previous?.remove();
    });

    it('finds nothing to migrate, and that a newer one did', async () => {
      const { code, stderr } = await runToEnd(previous.main, ['migrate'], { ...database.env, LOG_LEVEL: 'warn' });
      assert.equal(code, 0, stderr);
      assert.match(stderr, /"a newer version has migrated the schema"/);
    });

    it('is ready, and answers with what the new one stored', async () => {
      assert.equal((await old.get('/readyz')).status, 200);
      assert.equal(await observed(old, '603'), 'before');
    });

    it('stores what is observed, and the new one answers with it', async () => {
      await log.publish([observation('603', 'after'), observation('604', 'new movie')], at(2));
      for (const each of [old, api]) {
        await eventually(async () => assert.equal(await observed(each, '603'), 'after'));
        await eventually(async () => assert.equal(await observed(each, '604'), 'new movie'));
      }
      await log.publishDeleted(['604'], at(3));
      for (const each of [old, api]) await eventually(async () => assert.equal(await observed(each, '604'), undefined));
    });

    it('writes what the new one made, and the other way round', async (t) => {
      if (!writes) {
        t.diagnostic(`the version before has no ${creation}: the new one writes alone`);
        const changed = await update(api, made, 'changed by the new one');
        assert.equal(await read(api, changed.id), 'changed by the new one');
        return;
      }
      const changed = await update(old, made, 'changed by the old one');
      assert.equal(changed.version, made.version + 1);
      assert.equal(await read(api, made.id), 'changed by the old one');
      const theirs = await create(old, 'made by the old one', '602');
      const ours = await update(api, theirs, 'changed by the new one');
      assert.equal(await read(old, theirs.id), 'changed by the new one');
      await remove(old, ours);
      await remove(api, changed);
      for (const each of [old, api]) {
        for (const { id } of [theirs, made]) assert.equal(await read(each, id), undefined);
      }
    });

    it('publishes every change', async () => {
      const { pool } = database;
      await eventually(async () => {
        assert.deepEqual((await pool.query('select count(*)::int as waiting from outbox')).rows, [{ waiting: 0 }]);
      });
      assert.ok((await log.count(`marquee.${schema.name}-changes.v1`)) > 0n);
    });
  });
}
