import { randomBytes } from 'node:crypto';
import { seededRandom } from '@marquee/ingest/seeded-random';
import { messageOf } from '@marquee/runtime/errors';
import { collectEvidence } from './collect-evidence.ts';
import { createTemplate } from './databases.ts';
import { type LogKind, startKafkaCluster, startLogServer } from './event-logs.ts';
import { mistakesOf, repeatsIn } from './evidence.ts';
import type { FaultCase } from './fault-case.ts';
import { startPostgresServer } from './server.ts';
import { settle } from './settle.ts';
import { mountSmallDisk } from './small-disk.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

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
  /** Of these, the ones that are stored as they must be. */
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
    for (const faultCase of cases) {
      const cluster = faultCase.cluster ? await startKafkaCluster() : undefined;
      const disk = faultCase.diskMb && (await mountSmallDisk(faultCase.diskMb, postgres.dataDir));
      const { movies, gated = false } = faultCase;
      const name = `faults_${randomBytes(4).toString('hex')}`;
      const options = { name, movies, seed, postgres, logServer: cluster ?? logServer, gated, disk: disk || undefined };
      try {
        report(await runCase(faultCase, options, kills));
      } finally {
        await cluster?.remove();
        await (disk || undefined)?.remove();
      }
    }
  } finally {
    await logServer.remove();
    await postgres.remove();
  }
}

async function runCase(faultCase: FaultCase, options: WorldOptions, kills: number): Promise<CaseResult> {
  const { name, settleMs = SETTLE_MS } = faultCase;
  const startedAt = performance.now();
  const random = seededRandom(options.seed, name);
  const common = { name, log: options.logServer.kind, seed: options.seed };
  let world: World | undefined;
  let facts = {};
  try {
    world = await createWorld(options);
    facts = await faultCase.run(world, { random, kills });
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
  }
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}
