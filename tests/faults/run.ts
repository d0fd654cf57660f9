import { randomBytes } from 'node:crypto';
import { within } from '@marquee/event-log/back-off';
import { seededRandom } from '@marquee/ingest/seeded-random';
import { messageOf } from '@marquee/runtime/errors';
import { collectEvidence } from './collect-evidence.ts';
import type { LogKind } from './event-logs.ts';
import { mistakesOf, repeatsIn } from './evidence.ts';
import type { FaultCase } from './fault-case.ts';
import { type Servers, serversFor, startServers } from './servers.ts';
import { settle } from './settle.ts';
import { mountSmallDisk } from './small-disk.ts';
import { createWorld } from './world.ts';

export interface FaultsOptions {
  readonly cases: readonly FaultCase[];
  /** Number of cases that run side by side. */
  readonly lanes: number;
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
/** Longest time of a case, so that one that hangs is reported, and those after it run. */
const CASE_MS = 600_000;

/** Runs cases, each with databases and topics of its own on servers that they share, unless the fault would reach other cases. */
export async function runFaults({ cases, lanes, log, seed, kills, report }: FaultsOptions): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const servers = await startServers(log, resources);
  const waiting = cases.values();
  async function runLane(): Promise<void> {
    for (const faultCase of waiting) report(await runCase(faultCase, { log, seed, kills, servers }));
  }
  await Promise.all(Array.from({ length: lanes }, runLane));
}

interface CaseOptions extends Pick<FaultsOptions, 'log' | 'seed' | 'kills'> {
  readonly servers: Servers;
}

async function runCase(faultCase: FaultCase, options: CaseOptions): Promise<CaseResult> {
  const startedAt = performance.now();
  const late = () => new Error(`the case did not end within ${CASE_MS / 1_000} s`);
  const outcome = await within(CASE_MS, outcomeOf(faultCase, options), late).catch((error) => ({
    ...NOTHING,
    mistakes: [messageOf(error)],
  }));
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  return { name: faultCase.name, log: options.log, seed: options.seed, seconds, ...outcome };
}

type Outcome = Omit<CaseResult, 'name' | 'log' | 'seed' | 'seconds'>;

const NOTHING: Outcome = {
  ...{ acknowledged: 0, stored: 0, announced: 0, repeated: 0, failedCalls: 0 },
  facts: {},
  mistakes: [],
};

/** @throws Error when the fault could not be made */
async function outcomeOf(faultCase: FaultCase, { log, seed, kills, servers }: CaseOptions): Promise<Outcome> {
  const { name, movies, gated = false, smallDisk = false, settleMs = SETTLE_MS } = faultCase;
  await using resources = new AsyncDisposableStack();
  const { postgres, logServer } = await serversFor(faultCase, log, servers, resources);
  const disk = smallDisk
    ? resources.adopt(await mountSmallDisk(postgres.dataDir), (mounted) => mounted.remove())
    : undefined;
  const world = resources.adopt(
    await createWorld({
      name: `faults_${randomBytes(4).toString('hex')}`,
      ...{ movies, seed, gated, postgres, logServer, disk },
    }),
    (created) => created.stop(),
  );
  const facts = await faultCase.run(world, { random: seededRandom(seed, name), kills });
  await world.writer.stop();
  await settle(world, settleMs);
  const evidence = await collectEvidence(world);
  const { acknowledged, stored, announced } = evidence;
  return {
    acknowledged: acknowledged.size,
    stored: [...acknowledged].filter(([key, content]) => stored.get(key) === content).length,
    announced: announced.length,
    repeated: repeatsIn(announced),
    failedCalls: world.writer.failures,
    facts,
    mistakes: mistakesOf(evidence),
  };
}
