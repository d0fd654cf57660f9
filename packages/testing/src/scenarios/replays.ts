import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LogRecord } from '@marquee/event-log/event-log';
import { type ChangeFacts, encodeChange } from '@marquee/events/change-codec';
import type { ChangedEntity, ChangeSource, ChangeTopic } from '@marquee/events/change-topics';
import { encodeDeleted, encodeObserved } from '@marquee/events/codec';
import type { EventData, EventPart, ObservationTopic } from '@marquee/events/topics';
import { changeConsumer, type Following } from '@marquee/inbox-outbox/change-consumer';
import { observationConsumer } from '@marquee/inbox-outbox/observation-consumer';
import type { TopicConsumer } from '@marquee/inbox-outbox/topic-consumer';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import type { Pool } from '@marquee/postgres/pool';
import fc from 'fast-check';
import { createReplayDatabase, type ReplayDatabase } from '../replay-database.ts';
import type { SubgraphSchema } from '../subgraph-database.ts';

/** A topic of observations, with its handler and the state that its events determine. */
export interface ReplayedTopic<Part extends EventPart> {
  readonly topic: ObservationTopic<Part>;
  readonly handler: TopicHandler<EventData[Part]>;
  /** Returns one of some contents of an entity. Names and facts that entities share do not differ between contents. */
  dataOf(id: string, variant: number): EventData[Part];
  /** Tables and columns (`table.column`) that keep traces of superseded events, such as counts of changes. */
  readonly traces: readonly string[];
}

/** A topic of another subgraph's changes, with its handler and the state that they determine. */
export interface ReplayedChanges<Source extends ChangeSource> {
  readonly topic: ChangeTopic<Source>;
  readonly entity: ChangedEntity<Source>;
  readonly following: Following<Source>;
  /** Returns one of some facts of an entity. */
  factsOf(id: string, variant: number): ChangeFacts<Source>;
  /** Writes what the subgraph has of the entities {@link ENTITIES} before the changes. */
  given(pool: Pool): Promise<void>;
  /** Tables and columns (`table.column`) that keep traces of superseded changes. */
  readonly traces: readonly string[];
}

/** Contents of an entity; a deletion is one more. */
const VARIANTS = 4;
/** The ids of the entities. */
export const ENTITIES = ['1', '2', '3'];
const MAX_EVENTS = 8;
const SETTINGS = { seed: 20_261_130, numRuns: 10 };

const source = 'https://api.themoviedb.org/3';

/** Events in the order of their observation, and how the log has them: each once or more, in any order, in batches of these sizes. */
const logs = fc
  .array(fc.record({ id: fc.constantFrom(...ENTITIES), variant: fc.nat(VARIANTS) }), {
    minLength: 1,
    maxLength: MAX_EVENTS,
  })
  .chain((events) => {
    const index = fc.nat(events.length - 1);
    return fc.record({
      events: fc.constant(events),
      order: fc
        .array(index, { maxLength: 4 })
        .chain((repeated) =>
          fc.shuffledSubarray([...events.keys(), ...repeated], { minLength: events.length + repeated.length }),
        ),
      sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
    });
  });

/** An event of a log: the deletion of an entity, or one of its contents. */
interface ReplayedEvent {
  readonly id: string;
  readonly variant: number;
}

type EncodedRecord = Pick<LogRecord, 'key' | 'value' | 'headers'>;

interface ReplayedLog {
  readonly topic: string;
  readonly consumer: TopicConsumer;
  readonly traces: readonly string[];
  /** Encodes events in the order of their time. */
  recordsOf(events: readonly ReplayedEvent[]): readonly EncodedRecord[];
  given(pool: Pool): Promise<void>;
}

/** Tests that the order, the repetition and the batches of a topic's events have no effect, nor has a replay of the topic. */
export function describeReplays<Part extends EventPart>(schema: SubgraphSchema, replayed: ReplayedTopic<Part>): void {
  const { topic, handler, dataOf, traces } = replayed;

  function recordOf({ id, variant }: ReplayedEvent, time: number) {
    const observation = { subject: id, observedAt: new Date(Date.UTC(2026, 0, 1, 0, time)), source };
    return variant === VARIANTS
      ? encodeDeleted(topic, observation)
      : encodeObserved(topic, { ...observation, data: dataOf(id, variant) });
  }
  describeLog(schema, {
    topic: topic.name,
    consumer: observationConsumer(topic.name, handler as TopicHandler<never>),
    traces,
    recordsOf: (events) => events.map(recordOf),
    given: async () => {},
  });
}

/** Tests the same of the changes of another subgraph. */
export function describeReplayedChanges<Source extends ChangeSource>(
  schema: SubgraphSchema,
  { topic, entity, following, factsOf, given, traces }: ReplayedChanges<Source>,
): void {
  function recordsOf(events: readonly ReplayedEvent[]) {
    const last = new Map<string, { readonly version: number; readonly isThere: boolean }>();
    return events.map(({ id, variant }, time) => {
      const { version, isThere } = last.get(id) ?? { version: 0, isThere: false };
      // An entity that is not there cannot be deleted.
      const isDeleted = isThere && variant === VARIANTS;
      last.set(id, { version: version + 1, isThere: !isDeleted });
      return encodeChange(topic, {
        eventId: `${time}`,
        occurredAt: new Date(Date.UTC(2026, 0, 1, 0, time)),
        entity,
        entityId: id,
        version: version + 1,
        tags: [],
        change: isDeleted ? 'deleted' : isThere ? 'updated' : 'created',
        facts: isDeleted ? null : factsOf(id, variant % VARIANTS),
      });
    });
  }
  describeLog(schema, {
    topic: topic.name,
    consumer: changeConsumer(topic.name, following),
    traces,
    recordsOf,
    given,
  });
}

function describeLog(schema: SubgraphSchema, { topic, consumer, traces, recordsOf, given }: ReplayedLog): void {
  describe(`events of ${topic}`, () => {
    let database: ReplayDatabase;
    before(async () => {
      database = await createReplayDatabase(schema, topic, consumer, traces);
    });
    after(() => database.drop());

    async function applyAnew(records: readonly EncodedRecord[], sizes: readonly number[]) {
      await database.reset();
      await given(database.pool);
      await database.apply(placed(records), sizes);
      return database.state();
    }

    it('end in the same state in any order, and a replay writes and announces nothing', async () => {
      const property = fc.asyncProperty(logs, async ({ events, order, sizes }) => {
        const records = recordsOf(events);
        const expected = await applyAnew(records, [1]);
        const log = order.map((index) => records[index] as EncodedRecord);
        assert.deepEqual(await applyAnew(log, sizes), expected);

        await database.rewind();
        const rows = await database.rowVersions();
        await database.apply(placed(log), sizes.toReversed());
        assert.deepEqual(await database.rowVersions(), rows);
      });
      await fc.assert(property, SETTINGS);
    });

    function placed(records: readonly EncodedRecord[]): readonly LogRecord[] {
      return records.map((record, offset) => ({
        ...record,
        topic,
        partition: 0,
        offset: BigInt(offset),
        timestamp: new Date(0),
      }));
    }
  });
}
