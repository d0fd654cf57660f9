import { rowArrays } from '@marquee/postgres/row-arrays';
import { inTransaction } from '@marquee/postgres/transaction';
import type { PartitionBounds, TopicDefinition } from '../event-log.ts';
import { checkTopicName, topicMismatch, unknownTopic } from '../event-log-error.ts';
import type { EventLogDatabase } from './database.ts';

export interface Topic {
  id: number;
  name: string;
  partitions: number;
  compacted: boolean;
}

export interface Topics {
  create(topics: readonly TopicDefinition[]): Promise<void>;
  /** Throws `UNKNOWN_TOPIC`. */
  find(name: string): Promise<Topic>;
  bounds(name: string): Promise<Map<number, PartitionBounds>>;
}

const TOPICS = rowArrays<TopicDefinition>({
  name: ['text', 'name'],
  partitions: ['integer', 'partitions'],
  compacted: ['boolean', 'compacted'],
  compaction_lag_ms: ['integer', ({ compactionLagMs = 0 }) => compactionLagMs],
});

export function createTopicRegistry({ pool, logger, where, retrying }: EventLogDatabase): Topics {
  // Neither the number of partitions of a topic nor its id ever changes.
  const topicsByName = new Map<string, Topic>();

  async function find(name: string): Promise<Topic> {
    const cached = topicsByName.get(name);
    if (cached) return cached;
    const { rows } = await retrying(() =>
      pool.query<Topic>('select id, name, partitions, compacted from event_log.topics where name = $1', [name]),
    );
    const [topic] = rows;
    if (!topic) throw unknownTopic(name, where);
    topicsByName.set(name, topic);
    return topic;
  }

  return {
    find,

    async create(topics) {
      for (const { name } of topics) checkTopicName(name);
      // Sorted, so that two processes that create the same topics cannot deadlock.
      const sorted = [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
      const created = await retrying(() =>
        inTransaction(pool, async (tx) => {
          const { rows } = await tx.query<{ name: string }>(
            `with created as (
               insert into event_log.topics (${TOPICS.columns})
               select * from ${TOPICS.unnest()}
               on conflict (name) do nothing
               returning id, name, partitions
             ), partitioned as (
               insert into event_log.partitions (topic_id, partition)
               select id, generate_series(0, partitions - 1) from created
             )
             select name from created`,
            TOPICS.values(sorted),
          );
          await tx.query(
            `update event_log.topics set compaction_lag_ms = wanted.compaction_lag_ms from ${TOPICS.as('wanted')}
             where topics.name = wanted.name and topics.compaction_lag_ms < wanted.compaction_lag_ms`,
            TOPICS.values(sorted),
          );
          return rows.map(({ name }) => name);
        }),
      );
      for (const name of created) logger.info({ topic: name }, 'created a topic');
      for (const wanted of topics) {
        if (created.includes(wanted.name)) continue;
        const existing = await find(wanted.name);
        if (existing.partitions < wanted.partitions) {
          // Adding partitions would move existing keys to other partitions, and so break their order.
          logger.warn(
            { topic: wanted.name, existing: existing.partitions, wanted: wanted.partitions },
            'the topic exists with fewer partitions; it stays as it is',
          );
        }
        if (wanted.compacted && !existing.compacted) {
          throw topicMismatch(wanted.name, 'it is not compacted: records would be deleted by age');
        }
      }
    },

    async bounds(name) {
      const { id } = await find(name);
      const { rows } = await retrying(() =>
        pool.query<{ partition: number; end: string; first: string }>(
          // Offsets count from 0. Compaction and retention leave gaps, which a reader skips.
          `select partition, 0::text as first, next_offset::text as "end" from event_log.partitions where topic_id = $1`,
          [id],
        ),
      );
      return new Map(rows.map(({ partition, first, end }) => [partition, { first: BigInt(first), end: BigInt(end) }]));
    },
  };
}
