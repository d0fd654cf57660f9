import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, range, record, unique } from './harness.ts';

const KEYS = range(0, 60).map((n) => `movie-${n}`);

/** Publishes rounds of one record for each key, by one caller after the other, until it is stopped. */
export function startLoad({ log }: Bench, topic: string) {
  let rounds = 0;
  let isStopped = false;
  const publishing = (async () => {
    for (; !isStopped; rounds += 1) {
      await log.publish(
        topic,
        KEYS.map((key) => record(key, String(rounds))),
      );
      await sleep(10);
    }
  })();
  // Reported by stop().
  publishing.catch(() => {});
  return {
    /** Number of acknowledged records. */
    acknowledged: () => rounds * KEYS.length,
    /** Returns the number of acknowledged rounds. */
    async stop(): Promise<number> {
      isStopped = true;
      await publishing;
      return rounds;
    },
  };
}

/** Consumes a topic with offsets of its own, as a consumer has that stores them with its effects. */
export async function consume(bench: Bench, topic: string) {
  const next = new Map<number, bigint>();
  const seen = new Map<string, number[]>(KEYS.map((key) => [key, []]));
  await bench.subscribe({
    topic,
    group: unique('group'),
    position: async (_topic, partition) => next.get(partition) ?? 0n,
    handle: async ({ partition, records }) => {
      for (const { key, value, offset } of records) {
        assert.ok(offset >= (next.get(partition) ?? 0n), 'no record is delivered twice');
        seen.get(String(key))?.push(Number(value));
        next.set(partition, offset + 1n);
      }
    },
  });
  return {
    /** Number of consumed records. */
    values: () => [...seen.values()].reduce((sum, { length }) => sum + length, 0),
    complete: (rounds: number) => [...seen.values()].every((values) => values.at(-1) === rounds - 1),
    /** A request whose response is lost may be in the log twice in a row. */
    assertInOrder(rounds: number): void {
      for (const [key, values] of seen) {
        const withoutRepetitions = values.filter((value, index) => value !== values[index - 1]);
        assert.deepEqual(withoutRepetitions, range(0, rounds), `every record of ${key}, in order`);
      }
    },
  };
}
