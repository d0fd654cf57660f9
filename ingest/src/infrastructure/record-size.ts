import type { Omission, Omissions } from '../domain/omissions.ts';

/** Maximum size of a record's value: event logs accept records of 1 MiB, with key and headers. */
export const MAX_VALUE_BYTES = 1_000_000;

/**
 * Removes the last entries of an event's longest lists until it fits a record.
 *
 * @param record the event's name in omissions
 */
export function fitRecord<Data extends object>(record: string, data: Data): { data: Data; omissions: Omissions } {
  let excess = bytesOf(data) - MAX_VALUE_BYTES;
  const first: Omission[] = [];
  let count = 0;
  let fitted = data;
  while (excess > 0) {
    const [field, entries] = longestList(fitted);
    if (entries.length === 0) break;
    let kept = entries.length;
    for (; kept > 0 && excess > 0; kept -= 1) excess -= bytesOf(entries[kept - 1]) + 1;
    fitted = { ...fitted, [field]: entries.slice(0, kept) };
    const cut = entries.length - kept;
    count += cut;
    first.push({ request: record, path: `${field}.${kept}`, reason: `The record is full (${cut} entries omitted)` });
  }
  return { data: fitted, omissions: { count, first } };
}

function longestList(data: object): readonly [field: string, entries: readonly unknown[]] {
  const lists = Object.entries(data).filter((field): field is [string, unknown[]] => Array.isArray(field[1]));
  const sizes = lists.map(([, entries]) => bytesOf(entries));
  return lists[sizes.indexOf(Math.max(...sizes))] ?? ['', []];
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
