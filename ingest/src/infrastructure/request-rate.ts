import { setTimeout as sleep } from 'node:timers/promises';

/** The pace of requests. */
export interface RequestRate {
  /** Resolves when the next request may be sent, or when the run is stopped. @param isUrgent goes first where replicas share the pace */
  turn(isUrgent?: boolean): Promise<void>;
  /** Reports that the server accepted a request. */
  accepted(): void;
  /** Reports that the server refused a request with 429. @param startedAt time of the request @param retryAfterMs its Retry-After */
  refused(startedAt: number, retryAfterMs: number | undefined): void;
}

const WINDOW_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Factor of the accepted rate after a refusal. */
const SLOWED_SHARE = 0.8;
/** Assumed rate of a server that refused before it accepted a request. */
const UNKNOWN_PER_SECOND = 10;
const LEAST_PER_SECOND = 1;
/** Delay of timers that later requests may compensate. */
const LATE_MS = 20;

/**
 * Paces requests evenly, and adapts to a server that accepts fewer: a refusal pauses all requests and lowers the rate to the recently
 * accepted one; each accepted request raises it a little, up to the limit. See RFC 6585, section 4, on 429, and RFC 5681 on additive
 * increase and multiplicative decrease.
 *
 * @param limit requests per second; undefined: no limit
 * @param stop ends all waiting
 */
export function createRequestRate(limit: number | undefined, stop: AbortSignal): RequestRate {
  const most = limit ?? Number.POSITIVE_INFINITY;
  let perSecond = most;
  let nextAt = 0;
  let slowedAt = Number.NEGATIVE_INFINITY;
  let gate = Promise.resolve();
  const accepted: number[] = [];

  function recentlyAccepted(now: number): number {
    const first = accepted.findIndex((time) => time > now - WINDOW_MS);
    accepted.splice(0, first === -1 ? accepted.length : first);
    return accepted.length;
  }

  async function wait(): Promise<void> {
    // A refusal may delay the next request while this one waits.
    for (let now = Date.now(); now < nextAt && !stop.aborted; now = Date.now()) {
      await sleep(nextAt - now, undefined, { signal: stop }).catch(() => {});
    }
    nextAt = Math.max(nextAt, Date.now() - LATE_MS) + 1_000 / perSecond;
  }

  return {
    turn() {
      gate = gate.then(wait);
      return gate;
    },

    accepted() {
      if (accepted.push(Date.now()) > 1_000) recentlyAccepted(Date.now());
      if (perSecond < most) perSecond = Math.min(most, perSecond + 0.01 + 0.1 / perSecond);
    },

    refused(startedAt, retryAfterMs = WINDOW_MS) {
      const now = Date.now();
      nextAt = Math.max(nextAt, now + Math.min(retryAfterMs, LONGEST_PAUSE_MS));
      // Requests sent before the rate was lowered do not lower it again.
      if (startedAt <= slowedAt) return;
      slowedAt = now;
      const recent = recentlyAccepted(now) || Math.min(UNKNOWN_PER_SECOND, perSecond / 2);
      perSecond = Math.max(LEAST_PER_SECOND, SLOWED_SHARE * Math.min(recent, perSecond));
    },
  };
}
