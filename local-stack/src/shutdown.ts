/** A running part that can be stopped. */
export interface Stoppable {
  stop(): Promise<void>;
  kill(): void;
}

/** Stages of the shutdown, the highest first: clients stop before their servers, the database last. */
export const STAGE = { database: 0, sources: 1, subgraphs: 2, gateway: 3, work: 4 } as const;
export type Stage = (typeof STAGE)[keyof typeof STAGE];

/** The ordered shutdown of a stack. */
export interface Shutdown {
  readonly stopping: AbortSignal;
  /** Registers a new part. A part whose stage is over is stopped at once. */
  add(stage: Stage, part: Stoppable): void;
  /** Drains all parts, stage by stage. Rejects at the end if a part could not be stopped. */
  stop(): Promise<void>;
  /** Kills all parts at once. */
  kill(): void;
}

export function createShutdown(): Shutdown {
  const controller = new AbortController();
  const parts = new Map<Stage, Set<Stoppable>>();
  const over = new Set<Stage>();
  const late: Promise<void>[] = [];
  let stopped: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    controller.abort(new Error('the stack stops'));
    const failures: unknown[] = [];
    for (const stage of Object.values(STAGE).sort((a, b) => b - a)) {
      over.add(stage);
      const results = await Promise.allSettled([...(parts.get(stage) ?? [])].map((part) => part.stop()));
      failures.push(...results.filter((result) => result.status === 'rejected').map((result) => result.reason));
    }
    await Promise.all(late);
    if (failures.length > 0) throw new AggregateError(failures);
  }

  return {
    stopping: controller.signal,
    add: (stage, part) => {
      const running = parts.get(stage) ?? new Set();
      parts.set(stage, running.add(part));
      if (over.has(stage)) late.push(part.stop());
    },
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
    kill: () => {
      for (const stage of parts.values()) for (const part of stage) part.kill();
    },
  };
}
