import { setTimeout as sleep } from 'node:timers/promises';

/** How fast requests are made. */
export interface RequestRate {
  /** Resolves when the next request may be made, or when the run is stopped. */
  turn(): Promise<void>;
  /** The server took a request. */
  accepted(): void;
  /** The server refused a request that was begun then, since there are too many. @param retryAfterMs what it says about when to come back */
  refused(begunAt: number, retryAfterMs: number | undefined): void;
}

const WINDOW_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Share of what the server took in a second that it is offered afterwards. */
const SLOWED_SHARE = 0.8;
/** Assumed of a server that has refused before it took anything. */
const UNKNOWN_PER_SECOND = 10;
const LEAST_PER_SECOND = 1;
/** Timers are late by a few milliseconds, which may be made up for. */
const LATE_MS = 20;

/**
 * Paces requests evenly, and finds the rate that a server takes when it takes less: a refusal pauses all requests and sets the rate to
 * what was taken of late; each request that is taken raises it a little, up to the limit. See RFC 6585, section 4, on 429, and RFC 5681
 * on additive increase and multiplicative decrease.
 *
 * @param limit requests a second; undefined: as fast as the server answers
 * @param stop ends all waiting
 */
export function createRequestRate(limit: number | undefined, stop: AbortSignal): RequestRate {
  const most = limit ?? Number.POSITIVE_INFINITY;
  let perSecond = most;
  let nextAt = 0;
  let slowedAt = Number.NEGATIVE_INFINITY;
  let gate = Promise.resolve();
  const taken: number[] = [];

  function takenOfLate(now: number): number {
    const first = taken.findIndex((time) => time > now - WINDOW_MS);
    taken.splice(0, first === -1 ? taken.length : first);
    return taken.length;
  }

  async function wait(): Promise<void> {
    // A refusal may put the next request off while others wait for it.
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
      if (taken.push(Date.now()) > 1_000) takenOfLate(Date.now());
      if (perSecond < most) perSecond = Math.min(most, perSecond + 0.01 + 0.1 / perSecond);
    },

    refused(begunAt, retryAfterMs = WINDOW_MS) {
      const now = Date.now();
      nextAt = Math.max(nextAt, now + Math.min(retryAfterMs, LONGEST_PAUSE_MS));
      // Requests that were under way when the rate was lowered say nothing about the lower one.
      if (begunAt <= slowedAt) return;
      slowedAt = now;
      const known = takenOfLate(now) || Math.min(UNKNOWN_PER_SECOND, perSecond / 2);
      perSecond = Math.max(LEAST_PER_SECOND, SLOWED_SHARE * Math.min(known, perSecond));
    },
  };
}
