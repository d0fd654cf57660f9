/** Interval of calls to kafkajs' heartbeat, which sends one when its own interval has passed. */
const HEARTBEAT_CHECK_MS = 500;

/** Sends heartbeats until it is stopped. `error` is that of the first failed one, such as a rebalance. */
export function keepMembership(heartbeat: () => Promise<void>): { readonly error: unknown; stop(): void } {
  let error: unknown;
  const timer = setInterval(() => {
    heartbeat().catch((reason) => {
      error ??= reason;
      clearInterval(timer);
    });
  }, HEARTBEAT_CHECK_MS);
  return {
    get error() {
      return error;
    },
    stop: () => clearInterval(timer),
  };
}
