import type { LogRecord, OutgoingRecord } from '@marquee/event-log/event-log';

/** Why a record was put aside: a stable code, and one line for people. */
export interface Fault {
  readonly code: string;
  readonly reason: string;
}

/** A record that was put aside, as it came, with where it stood and why. */
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
 * A record as it goes to the dead-letter topic: the value's bytes and the headers as they came, and what is known of it
 * in headers of its own. Its key is where it stood, so that it replaces itself when it is published again.
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

/** The record that was put aside; undefined for anything that {@link toDeadLetter} did not make. */
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
