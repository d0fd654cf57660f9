import type { EventLog, LogRecord } from '@marquee/event-log/event-log';

/** Reads all records that a topic has now; those of a partition are handled in order. */
export async function readTopic(eventLog: EventLog, topic: string, handle: (record: LogRecord) => void): Promise<void> {
  const ends = await eventLog.endOffsets(topic);
  const unread = new Set([...ends].filter(([, end]) => end > 0n).map(([partition]) => partition));
  const done = Promise.withResolvers<void>();
  if (unread.size === 0) return;
  const reader = await eventLog.read({
    name: 'read-topic',
    topic,
    position: (_partition, { first }) => first,
    handle: ({ partition, records, next }) => {
      for (const record of records) handle({ ...record, topic });
      if (next >= (ends.get(partition) ?? 0n)) unread.delete(partition);
      if (unread.size === 0) done.resolve();
    },
  });
  await done.promise;
  await reader.close();
}
