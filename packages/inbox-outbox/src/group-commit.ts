import { setImmediate as immediate } from 'node:timers/promises';
import type PQueue from 'p-queue';
import type { Part } from './part.ts';

export interface GroupCommitOptions {
  /** Limits concurrent transactions to the connections that they may use. */
  readonly turns: PQueue;
  /** Priority of the transactions for a turn: the greatest first. */
  readonly priority: number;
  /** Rows after which a transaction takes no further part. */
  readonly maxRows: number;
  /** Applies parts of different partitions of one topic in one transaction. */
  readonly transaction: (parts: readonly Part[]) => Promise<void>;
}

/** Commits the parts that wait for a connection together. */
export interface GroupCommit {
  /** Resolves when a transaction has applied the part; rejects with the error of a transaction of this part alone. */
  apply(part: Part): Promise<void>;
}

interface WaitingPart {
  readonly part: Part;
  readonly applied: PromiseWithResolvers<void>;
}

/**
 * Applies parts of different partitions of a topic in common transactions, as databases commit their log (DeWitt et al., Implementation
 * Techniques for Main Memory Database Systems, 1984): while all connections are in use, parts wait, and the next transaction takes as many
 * as its rows permit. A statement's, a commit's and a lock's cost is then that of all of them. When a common transaction fails, each of its
 * parts gets one of its own, so that a part that cannot be applied does not hold up other partitions.
 */
export function groupCommit({ turns, priority, maxRows, transaction }: GroupCommitOptions): GroupCommit {
  const waiting: WaitingPart[] = [];

  /** Removes and returns the first waiting parts, of different partitions. */
  function takeGroup(): WaitingPart[] {
    const group: WaitingPart[] = [];
    const partitions = new Set<number>();
    let rows = 0;
    for (const each of [...waiting]) {
      if (rows >= maxRows) break;
      const { part } = each;
      if (partitions.has(part.partition)) continue;
      partitions.add(part.partition);
      rows += part.rows;
      waiting.splice(waiting.indexOf(each), 1);
      group.push(each);
    }
    return group;
  }

  async function areAppliedTogether(group: readonly WaitingPart[]): Promise<boolean> {
    try {
      await transaction(group.map(({ part }) => part));
    } catch {
      // The error of one part, or of all: their own transactions tell.
      return false;
    }
    for (const { applied } of group) applied.resolve();
    return true;
  }

  async function applyAlone({ part, applied }: WaitingPart): Promise<void> {
    await transaction([part]).then(applied.resolve, applied.reject);
  }

  /** Does nothing when earlier turns have taken all parts. */
  async function takeTurn(): Promise<void> {
    // The partitions of a fetch are decoded one after the other: the first one waits for the others.
    await immediate();
    const group = takeGroup();
    if (group.length > 1 && (await areAppliedTogether(group))) return;
    for (const each of group) await applyAlone(each);
  }

  return {
    async apply(part) {
      const applied = Promise.withResolvers<void>();
      waiting.push({ part, applied });
      await Promise.all([turns.add(takeTurn, { priority }), applied.promise]);
    },
  };
}
