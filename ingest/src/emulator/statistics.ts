/** Seconds whose counts are kept. */
const MAX_SECONDS = 3600;

/** Counts of the API's requests since the start, or since the last reset. */
export interface Statistics {
  /** Requests that arrived. */
  readonly requests: number;
  /** Responses by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Injected faults by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** Most requests in progress at a time. */
  readonly maxConcurrent: number;
  /** Most open connections at a time. */
  readonly maxConnections: number;
  /** Requests by the second of their arrival (since 1970), oldest first: at most an hour. */
  readonly seconds: readonly SecondCount[];
}

export interface SecondCount {
  readonly second: number;
  readonly accepted: number;
  /** Requests answered with 429. */
  readonly refused: number;
}

/** @param now returns ms since 1970 */
export function createStatistics(now: () => number) {
  let counts = empty();
  let concurrent = 0;
  let connections = 0;

  return {
    arrived(isAccepted: boolean): void {
      counts.requests += 1;
      const second = Math.floor(now() / 1000);
      const count = counts.seconds.get(second) ?? { second, accepted: 0, refused: 0 };
      count[isAccepted ? 'accepted' : 'refused'] += 1;
      counts.seconds.set(second, count);
      if (counts.seconds.size > MAX_SECONDS) counts.seconds.delete(counts.seconds.keys().next().value ?? second);
    },
    began(): void {
      concurrent += 1;
      counts.maxConcurrent = Math.max(counts.maxConcurrent, concurrent);
    },
    ended(): void {
      concurrent -= 1;
    },
    responded: (status: number) => increment(counts.statuses, String(status)),
    faulted: (name: string) => increment(counts.faults, name),
    connected(): void {
      connections += 1;
      counts.maxConnections = Math.max(counts.maxConnections, connections);
    },
    disconnected(): void {
      connections -= 1;
    },
    read: (): Statistics => ({
      ...counts,
      statuses: Object.fromEntries(counts.statuses),
      faults: Object.fromEntries(counts.faults),
      seconds: [...counts.seconds.values()],
    }),
    reset(): void {
      counts = empty();
      counts.maxConcurrent = concurrent;
      counts.maxConnections = connections;
    },
  };
}

export type StatisticsRecorder = ReturnType<typeof createStatistics>;

function empty() {
  return {
    requests: 0,
    statuses: new Map<string, number>(),
    faults: new Map<string, number>(),
    maxConcurrent: 0,
    maxConnections: 0,
    seconds: new Map<number, { second: number; accepted: number; refused: number }>(),
  };
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
