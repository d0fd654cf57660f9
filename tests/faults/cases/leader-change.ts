import { MOVIE_CREDITS } from '@marquee/events/topics';
import { kafkaClient } from '../event-logs.ts';
import type { FaultCase } from '../fault-case.ts';
import { assertInProgress, endOf } from '../load.ts';
import type { World } from '../world.ts';

/** Returns the node id of the broker that leads the first partition of a topic. */
async function leaderOf({ logServer, log }: World, topic: string): Promise<number> {
  const admin = kafkaClient(logServer.nodes.flatMap(({ brokers }) => brokers)).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${log.env.KAFKA_TOPIC_PREFIX}${topic}`] });
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === 0)?.leader ?? 0;
  } finally {
    await admin.disconnect();
  }
}

export const leaderChange: FaultCase = {
  name: 'leader-change',
  summary: 'kill -9 of the broker that leads a partition, in a cluster of three, and then of its successor',
  movies: 400,
  inapplicable: { postgres: 'a Postgres event log has one server, whose crash is log-outage' },
  cluster: true,
  async run(world) {
    const run = world.backfill(25);
    const leaders: number[] = [];
    for (const events of [300, 900]) {
      await world.untilAcknowledged(events);
      await assertInProgress(run);
      const leader = await leaderOf(world, MOVIE_CREDITS.name);
      const node = world.logServer.nodes[leader - 1];
      await node?.kill();
      leaders.push(leader);
      await world.untilAcknowledged(events + 300);
      await node?.start();
    }
    await endOf(run);
    return { 'killed leaders': leaders.join(', ') };
  },
};
