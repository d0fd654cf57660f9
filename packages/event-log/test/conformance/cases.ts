import { describeGroups } from './groups.ts';
import { describeHandlers } from './handlers.ts';
import type { Harness } from './harness.ts';
import { describeReaders } from './readers.ts';
import { describeRecords } from './records.ts';
import { describeTopics } from './topics.ts';

/** Tests an adapter on a real server. Cases have topics and groups of their own, so that they run side by side. */
export function describeEventLog(name: string, harness: Harness): void {
  describeRecords(name, harness);
  describeTopics(name, harness);
  describeGroups(name, harness);
  describeHandlers(name, harness);
  describeReaders(name, harness);
}
