import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LogRecord } from '@marquee/event-log/event-log';
import { encodeDeleted, encodeObserved } from '@marquee/events/codec';
import type { EventData, EventPart, ObservationTopic } from '@marquee/events/topics';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
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

/** Contents of an entity; a deletion is one more. */
const VARIANTS = 4;
const ENTITIES = ['1', '2', '3'];
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

/** Tests that the order, the repetition and the batches of a topic's events have no effect, nor has a replay of the topic. */
export function describeReplays<Part extends EventPart>(schema: SubgraphSchema, replayed: ReplayedTopic<Part>): void {
  const { topic, handler, dataOf, traces } = replayed;

  describe(`events of ${topic.name}`, () => {
    let database: ReplayDatabase;
    before(async () => {
      database = await createReplayDatabase(schema, topic, handler, traces);
    });
    after(() => database.drop());

    function recordOf({ id, variant }: { readonly id: string; readonly variant: number }, time: number) {
      const observation = { subject: id, observedAt: new Date(Date.UTC(2026, 0, 1, 0, time)), source };
      return variant === VARIANTS
        ? encodeDeleted(topic, observation)
        : encodeObserved(topic, { ...observation, data: dataOf(id, variant) });
    }

    it('end in the same state in any order, and a replay writes and announces nothing', async () => {
      const property = fc.asyncProperty(logs, async ({ events, order, sizes }) => {
        const records = events.map(recordOf);
        await database.reset();
        await database.apply(placed(records), [1]);
        const expected = await database.state();

        await database.reset();
        const log = placed(order.map((index) => records[index] as (typeof records)[number]));
        await database.apply(log, sizes);
        assert.deepEqual(await database.state(), expected);

        await database.rewind();
        const rows = await database.rowVersions();
        await database.apply(log, sizes.toReversed());
        assert.deepEqual(await database.rowVersions(), rows);
      });
      await fc.assert(property, SETTINGS);
    });

    function placed(records: readonly ReturnType<typeof recordOf>[]): readonly LogRecord[] {
      return records.map((record, offset) => ({
        ...record,
        topic: topic.name,
        partition: 0,
        offset: BigInt(offset),
        timestamp: new Date(0),
      }));
    }
  });
}
