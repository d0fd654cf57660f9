import { setImmediate as immediate } from 'node:timers/promises';
import type { LogRecord, RecordBatch } from '@marquee/event-log/event-log';
import type PQueue from 'p-queue';
import { groupCommit } from './group-commit.ts';
import type { Entry, Part } from './part.ts';
import { applyParts, type PartsContext } from './part-transaction.ts';
import { faultReason, isDeferredViolation, RecordFault } from './record-fault.ts';
import type { TopicConsumer } from './topic-consumer.ts';

export interface BatchOptions extends PartsContext {
  /** Rows after which a transaction takes no further part. */
  readonly maxRows: number;
  /** Rows after which a part takes no further record. */
  readonly partRows: number;
  /** Limits concurrent transactions to the connections that they may use. */
  readonly turns: PQueue;
}

/** Time in ms after which decoding lets requests of the same process continue. A yield after each record takes 5 % of the CPU. */
const HELD_MS = 2;

/**
 * Creates a function that applies batches of a topic in parts: one transaction commits the effects, versions and offset of a part, and of
 * those of other partitions that wait with it. Invalid records are published to the dead-letter topic before it commits. A part ends where
 * its rows reach `partRows`, so that no transaction holds its locks for long.
 *
 * When the handler rejects a part for its data, its halves are applied in transactions of their own, and so on down to the invalid
 * record, which is published to the dead-letter topic too: n records with one invalid one take about 2 log2 n transactions. The function
 * rejects when the batch may be applied later; parts before the failed one stay applied, and are then skipped.
 */
export function batchApplier(options: BatchOptions): (batch: RecordBatch) => Promise<void> {
  const { turns, maxRows, partRows, consumer } = options;
  const commits = groupCommit({
    turns,
    priority: consumer.priority,
    maxRows,
    transaction: (parts) => applyParts(options, parts),
  });

  async function apply(part: Part): Promise<void> {
    try {
      await commits.apply(part);
    } catch (error) {
      if (!(error instanceof RecordFault) && !isDeferredViolation(error)) throw error;
      const { entries } = part;
      const [first] = entries;
      if (first === undefined || ('fault' in first && entries.length === 1)) throw error;
      if (entries.length === 1) {
        const reason = faultReason(error instanceof RecordFault ? error.cause : error);
        await apply({ ...part, entries: [{ record: first.record, fault: { code: 'HANDLER_REJECTED', reason } }] });
      } else {
        const middle = Math.ceil(entries.length / 2);
        const rows = Math.ceil(part.rows / 2);
        await apply({ ...part, rows, entries: entries.slice(0, middle) });
        await apply({ ...part, rows, entries: entries.slice(middle) });
      }
    }
  }

  return async (batch) => {
    for await (const part of partsOf(consumer, partRows, batch)) await apply(part);
  };
}

/** Decodes a batch's records part by part, and yields to the event loop when it has held it for {@link HELD_MS}. */
async function* partsOf(consumer: TopicConsumer, partRows: number, batch: RecordBatch): AsyncGenerator<Part> {
  const { partition } = batch;
  const published = new Set<bigint>();
  let entries: Entry[] = [];
  let rowsOfKeys = new Map<string, number>();
  let rows = 0;
  let heldSince = performance.now();
  for (const record of batch.records) {
    const entry = toEntry(consumer, record);
    entries.push(entry);
    if ('event' in entry) {
      const key = consumer.keyOf(entry.event);
      const count = consumer.rowsOf(entry.event);
      // Only the latest event of each key is applied.
      rows += count - (rowsOfKeys.get(key) ?? 0);
      rowsOfKeys.set(key, count);
    } else rows += 1;
    if (rows >= partRows) {
      yield { partition, entries, rows, published };
      [entries, rowsOfKeys, rows] = [[], new Map(), 0];
    }
    if (performance.now() - heldSince >= HELD_MS) {
      await immediate();
      heldSince = performance.now();
    }
  }
  if (entries.length > 0) yield { partition, entries, rows, published };
}

function toEntry(consumer: TopicConsumer, record: LogRecord): Entry {
  const content = consumer.read(record);
  return content === 'ignored' ? { record, isIgnored: true } : { record, ...content };
}
