import { cutOff } from './cases/cut-off.ts';
import { postgresRefusing, postgresRestarted } from './cases/databases-away.ts';
import { deletedBeginning } from './cases/deleted-beginning.ts';
import { fullDisk } from './cases/full-disk.ts';
import { killedAfterCommit, killedBeforeCommit, randomKills } from './cases/killed-consumers.ts';
import { killedIngest } from './cases/killed-ingest.ts';
import { killedRelay } from './cases/killed-relay.ts';
import { leaderChange } from './cases/leader-change.ts';
import { lostOffsets } from './cases/lost-offsets.ts';
import { noFault } from './cases/no-fault.ts';
import { outOfOrderCommits } from './cases/out-of-order-commits.ts';
import { logOutage } from './cases/outages.ts';
import { pausedConsumer } from './cases/paused-consumer.ts';
import { scaledConsumers } from './cases/scaled-consumers.ts';
import { slowDatabase } from './cases/slow-database.ts';
import { terminatedConsumers } from './cases/terminated-consumers.ts';
import type { FaultCase } from './fault-case.ts';

/** All cases, roughly the longest first, so that the lanes of a run end together. */
export const CASES: readonly FaultCase[] = [
  logOutage,
  randomKills,
  pausedConsumer,
  killedIngest,
  cutOff,
  postgresRefusing,
  deletedBeginning,
  fullDisk,
  leaderChange,
  scaledConsumers,
  postgresRestarted,
  slowDatabase,
  lostOffsets,
  killedAfterCommit,
  killedBeforeCommit,
  outOfOrderCommits,
  killedRelay,
  terminatedConsumers,
  noFault,
];

/** The ten shortest: those that wait for no time-out longer than a session's. */
export const SHORTEST = CASES.slice(-10);
