import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EventData, EventPart, MovieTopic } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '../event-log.ts';
import { eventually } from '../eventually.ts';
import { type PreviousVersion, previousVersion } from '../previous-version.ts';
import { emptySubgraphDatabase, type SubgraphDatabase } from '../subgraph-database.ts';
import { type RunningSubgraph, runToEnd, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** Something that clients wrote, at the version that it has. */
export interface Written {
  readonly id: string;
  readonly version: number;
}

/** Operations and events that a subgraph gets while two versions of it run. */
export interface TwoVersionsOptions<Part extends EventPart> {
  readonly topic: MovieTopic<Part>;
  /** An observation of a film that says this text. */
  readonly observation: (movieId: string, text: string) => EventData[Part];
  /** The text that clients see of a film; undefined: it is not known. */
  readonly observed: (api: RunningSubgraph, movieId: string) => Promise<string | undefined>;
  /** Field of the mutation that makes something: a version without it only reads. */
  readonly creation: string;
  /** @param movieId the film that it belongs to, where it belongs to one */
  readonly create: (api: RunningSubgraph, text: string, movieId: string) => Promise<Written>;
  readonly update: (api: RunningSubgraph, written: Written, text: string) => Promise<Written>;
  readonly remove: (api: RunningSubgraph, written: Written) => Promise<void>;
  /** The text that clients see of what was written; undefined: it is gone. */
  readonly read: (api: RunningSubgraph, id: string) => Promise<string | undefined>;
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/**
 * The version before the last migration beside this one, on the schema that this one made, as in a rolling update and after the way back:
 * it serves, consumes and writes, and each sees what the other one did.
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
      // From before clients wrote: what it is told of a film replaces all of it.
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
      await log.publish([observation('603', 'after'), observation('604', 'new film')], at(2));
      for (const each of [old, api]) {
        await eventually(async () => assert.equal(await observed(each, '603'), 'after'));
        await eventually(async () => assert.equal(await observed(each, '604'), 'new film'));
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

    it('tells the others of every change', async () => {
      const { pool } = database;
      await eventually(async () => {
        assert.deepEqual((await pool.query('select count(*)::int as waiting from outbox')).rows, [{ waiting: 0 }]);
      });
      assert.ok((await log.count(`marquee.${schema.name}-changes.v1`)) > 0n);
    });
  });
}
