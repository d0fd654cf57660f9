import type { LogRecord, OutgoingRecord } from '@marquee/event-log/event-log';

/** The reason for a dead letter: a stable code, and a message of one line. */
export interface Fault {
  readonly code: string;
  readonly reason: string;
}

/** A record of the dead-letter topic: the original record, its position and the fault. */
export interface DeadLetter extends Fault {
  /** `topic/partition/offset`. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
}

const PREFIX = 'dead-letter-';

/**
 * Returns the dead letter of a record: its original value and headers, with its position and the fault in headers of their own. The
 * key is the position, so a letter that is published again replaces itself.
 */
export function toDeadLetter(record: LogRecord, fault: Fault): OutgoingRecord {
  const { topic, partition, offset, key, value } = record;
  return {
    key: Buffer.from(`${topic}/${partition}/${offset}`),
    // On a compacted topic a null value would remove the letter.
    value: value ?? Buffer.alloc(0),
    headers: {
      ...record.headers,
      [`${PREFIX}topic`]: topic,
      [`${PREFIX}partition`]: String(partition),
      [`${PREFIX}offset`]: String(offset),
      [`${PREFIX}code`]: fault.code,
      [`${PREFIX}reason`]: fault.reason,
      ...(key && { [`${PREFIX}key`]: key.toString('base64') }),
      ...(value === null && { [`${PREFIX}value`]: 'null' }),
    },
  };
}

/** Reads a dead letter; undefined for a record that {@link toDeadLetter} did not make. */
export function fromDeadLetter(record: Pick<LogRecord, 'key' | 'value' | 'headers'>): DeadLetter | undefined {
  const about = (name: string) => record.headers[`${PREFIX}${name}`];
  const [topic, partition, offset, key] = [about('topic'), about('partition'), about('offset'), about('key')];
  if (record.value === null || topic === undefined || !isDigits(partition) || !isDigits(offset)) return undefined;
  return {
    id: `${topic}/${partition}/${offset}`,
    topic,
    partition: Number(partition),
    offset: BigInt(offset),
    code: about('code') ?? 'UNKNOWN',
    reason: about('reason') ?? '',
    key: key === undefined ? null : Buffer.from(key, 'base64'),
    value: about('value') === 'null' ? null : record.value,
    headers: Object.fromEntries(Object.entries(record.headers).filter(([name]) => !name.startsWith(PREFIX))),
  };
}

function isDigits(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text);
}
