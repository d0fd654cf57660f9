import type { LogKind } from './event-logs.ts';
import type { World } from './world.ts';

/** A fault, and the load that it hits. */
export interface FaultCase {
  readonly name: string;
  /** One line for `--list`. */
  readonly summary: string;
  /** Number of synthetic movies, each with four events. */
  readonly movies: number;
  /** The event logs that it does not apply to, with the reason. */
  readonly inapplicable?: Partial<Readonly<Record<LogKind, string>>>;
  /** The server whose other clients the fault would reach: the case has one to itself. */
  readonly ownServer?: 'log' | 'postgres';
  /** True when the subgraphs connect to database and event log through gates. */
  readonly gated?: boolean;
  /** True when the event log is a cluster of three brokers. */
  readonly cluster?: boolean;
  /** True when the database has a file system of its own, which the case may resize. */
  readonly smallDisk?: boolean;
  /** Longest time in ms until all is applied after the fault. Default 120,000. */
  readonly settleMs?: number;
  /**
   * Runs the load and the fault. The checker follows; an error says that the fault itself went wrong.
   *
   * @returns facts for the report
   */
  run(world: World, options: CaseOptions): Promise<Readonly<Record<string, number | string>>>;
}

export interface CaseOptions {
  /** Returns numbers from 0 up to 1 that depend on the seed and the case. */
  readonly random: () => number;
  readonly kills: number;
}
