import { randomBytes } from 'node:crypto';
import { seededRandom } from '@marquee/ingest/seeded-random';
import { messageOf } from '@marquee/runtime/errors';
import { collectEvidence } from './collect-evidence.ts';
import { createTemplate } from './databases.ts';
import { type LogKind, type LogServer, startKafkaCluster, startLogServer } from './event-logs.ts';
import { mistakesOf, repeatsIn } from './evidence.ts';
import type { FaultCase } from './fault-case.ts';
import { type PostgresServer, startPostgresServer } from './server.ts';
import { settle } from './settle.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { createWorld, type World } from './world.ts';

export interface FaultsOptions {
  readonly cases: readonly FaultCase[];
  readonly log: LogKind;
  readonly seed: number;
  readonly kills: number;
  /** Called with the result of each case, as soon as it is there. */
  readonly report: (result: CaseResult) => void;
}

export interface CaseResult {
  readonly name: string;
  readonly log: LogKind;
  readonly seed: number;
  readonly seconds: number;
  /** Events that ingest acknowledged, and mutations that the client saw succeed. */
  readonly acknowledged: number;
  /** Number of these that are stored with their content. */
  readonly stored: number;
  /** Changes on the change topics, and those among them that repeat one. */
  readonly announced: number;
  readonly repeated: number;
  /** Calls of the client that failed, and were repeated. */
  readonly failedCalls: number;
  readonly facts: Readonly<Record<string, number | string>>;
  readonly mistakes: readonly string[];
}

const SETTLE_MS = 120_000;

/** Runs cases one after the other, each with databases and topics of its own on common servers. */
export async function runFaults({ cases, log, seed, kills, report }: FaultsOptions): Promise<void> {
  const postgres = await startPostgresServer();
  const logServer = await startLogServer(log);
  try {
    await createTemplate(postgres);
    for (const faultCase of cases) report(await runCase(faultCase, { seed, kills, postgres, logServer }));
  } finally {
    await logServer.remove();
    await postgres.remove();
  }
}

interface Shared extends Pick<FaultsOptions, 'seed' | 'kills'> {
  readonly postgres: PostgresServer;
  readonly logServer: LogServer;
}

async function runCase(faultCase: FaultCase, { seed, kills, postgres, logServer }: Shared): Promise<CaseResult> {
  const { name, movies, gated = false, settleMs = SETTLE_MS } = faultCase;
  const startedAt = performance.now();
  const common = { name, log: logServer.kind, seed };
  let cluster: LogServer | undefined;
  let disk: SmallDisk | undefined;
  let world: World | undefined;
  let facts = {};
  try {
    if (faultCase.cluster) cluster = await startKafkaCluster();
    if (faultCase.smallDisk) disk = await mountSmallDisk(postgres.dataDir);
    world = await createWorld({
      name: `faults_${randomBytes(4).toString('hex')}`,
      ...{ movies, seed, gated, postgres, disk },
      logServer: cluster ?? logServer,
    });
    facts = await faultCase.run(world, { random: seededRandom(seed, name), kills });
    await world.writer.stop();
    await settle(world, settleMs);
    const evidence = await collectEvidence(world);
    const { acknowledged, stored, announced } = evidence;
    return {
      ...common,
      seconds: secondsSince(startedAt),
      acknowledged: acknowledged.size,
      stored: [...acknowledged].filter(([key, content]) => stored.get(key) === content).length,
      announced: announced.length,
      repeated: repeatsIn(announced),
      failedCalls: world.writer.failures,
      facts,
      mistakes: mistakesOf(evidence),
    };
  } catch (error) {
    const none = { acknowledged: 0, stored: 0, announced: 0, repeated: 0, failedCalls: 0 };
    return { ...common, seconds: secondsSince(startedAt), ...none, facts, mistakes: [messageOf(error)] };
  } finally {
    await world?.stop();
    await disk?.remove();
    await cluster?.remove();
  }
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}
