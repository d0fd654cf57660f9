import { describeGroups } from './groups.ts';
import { describeHandlers } from './handlers.ts';
import type { Harness } from './harness.ts';
import { describeRecords } from './records.ts';
import { describeTopics } from './topics.ts';

/** What every adapter has to do, on a real server. Each case has topics and groups of its own, so they run side by side. */
export function describeEventLog(name: string, harness: Harness): void {
  describeRecords(name, harness);
  describeTopics(name, harness);
  describeGroups(name, harness);
  describeHandlers(name, harness);
}
