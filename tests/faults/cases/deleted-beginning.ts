import assert from 'node:assert/strict';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { eventually } from '@marquee/testing/eventually';
import { kafkaClient } from '../event-logs.ts';
import type { FaultCase } from '../fault-case.ts';
import { endOf, untilAppliedMore } from '../load.ts';
import type { World } from '../world.ts';

/** Deletes the first part of each partition, as an operator does with `kafka-delete-records.sh`. */
async function deleteBeginning({ logServer, log }: World, topic: string): Promise<number> {
  const admin = kafkaClient(logServer.nodes.flatMap(({ brokers }) => brokers)).admin();
  const name = `${log.env.KAFKA_TOPIC_PREFIX}${topic}`;
  await admin.connect();
  try {
    // Brokers refuse to delete records of a topic that is compacted only.
    const configEntries = [{ name: 'cleanup.policy', value: 'compact,delete' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name, configEntries }] });
    const offsets = await admin.fetchTopicOffsets(name);
    const partitions = offsets.map(({ partition, high }) => ({
      partition,
      offset: String(Math.floor(Number(high) * 0.8)),
    }));
    await eventually(() => admin.deleteTopicRecords({ topic: name, partitions }));
    return partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
  } finally {
    await admin.disconnect();
  }
}

export const deletedBeginning: FaultCase = {
  name: 'deleted-beginning',
  summary:
    'records are deleted before a consumer read them: it reports the loss, reads what is left, and gets the rest from ingest again',
  movies: 300,
  inapplicable: { postgres: 'a Postgres event log deletes only records that a later one of their key replaces' },
  async run(world) {
    const run = world.backfill(100);
    await untilAppliedMore(world, 'ratings', 50);
    await world.consumers.get('ratings')?.kill();
    await endOf(run);
    const deleted = await deleteBeginning(world, MOVIE_RATINGS.name);
    const { rows } = await world.pools.ratings.query<{ count: number }>(
      'select count(*)::integer as count from ratings',
    );
    const consumer = world.launch('ratings');
    await untilAppliedMore(world, 'ratings', 10);
    const reports = consumer.log.filter((line) => line.includes('records were deleted before the group read them'));
    assert.ok(reports.length > 0, 'the consumer reports the loss');
    assert.ok(
      reports.every((line) => JSON.parse(line).level === 'error'),
      'as an error',
    );
    const metrics = await (await (await consumer.listening).get('/metrics')).text();
    const lost = [...metrics.matchAll(/^marquee_event_log_lost_records_total\{.*\} (\d+)$/gm)];
    const counted = lost.reduce((sum, [, count]) => sum + Number(count), 0);
    assert.ok(counted > 0, 'the consumer counts the lost records');
    await endOf(world.ingestAgain());
    return {
      'records deleted': deleted,
      'ratings stored before': rows[0]?.count ?? 0,
      'records counted as lost': counted,
    };
  },
};
