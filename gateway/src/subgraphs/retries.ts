import { setTimeout as sleep } from 'node:timers/promises';
import { BrokenCircuitError } from 'cockatiel';
import { Cancelled } from './cancellation.ts';
import { isAway } from './circuit-breaker.ts';
import { type HttpAnswer, Interrupted, Overloaded, TimedOut } from './http-pool.ts';
import { UnusableAnswer } from './response-content.ts';

export interface RetryOptions {
  /** How often one request is sent again at most. */
  readonly retries: number;
  /** How many retries there may be for a hundred requests. */
  readonly budgetPercent: number;
}

/** Retries that a subgraph may get beyond its share, as far as it was not used up before: what a restart of one process takes. */
const MOST_SAVED = 100;
const SAVED_AT_START = 10;

/** Waits are spread evenly from nothing to this, doubled for each retry, so that those who failed together do not come again together. */
const FIRST_WAIT_MS = 50;

/** A server that asks for more patience than this is not asked again. */
const LONGEST_RETRY_AFTER_MS = 2_000;

/**
 * What retries of one subgraph's requests may cost: each request saves a share of one, each retry takes one. So a subgraph that is down
 * gets no more requests than it would, but for that share, however many fail.
 */
export class RetryBudget {
  readonly #share: number;
  #saved = SAVED_AT_START;

  constructor(percent: number) {
    this.#share = percent / 100;
  }

  /** A request was sent, for the first time. */
  save(): void {
    this.#saved = Math.min(this.#saved + this.#share, MOST_SAVED);
  }

  /** Whether there may be a retry, which is then counted. */
  take(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}

export interface RetriedRequest {
  readonly send: () => Promise<HttpAnswer>;
  readonly budget: RetryBudget;
  /** Retries at most. */
  readonly retries: number;
  /** On the clock of `performance.now()`: no retry would begin after it. */
  readonly deadline: number;
  readonly onRetry: (isSent: boolean) => void;
}

/**
 * Sends a request that may be repeated without harm, again where nothing was answered or the subgraph is said to be away (502, 503,
 * 504), as far as time, budget and `Retry-After` allow. Otherwise the last answer or error stands.
 */
export async function sendWithRetries({
  send,
  budget,
  retries,
  deadline,
  onRetry,
}: RetriedRequest): Promise<HttpAnswer> {
  budget.save();
  for (let retried = 0; ; retried += 1) {
    let answer: HttpAnswer | undefined;
    let failure: unknown;
    try {
      answer = await send();
    } catch (error) {
      failure = error;
    }
    if (answer !== undefined && !isAway(answer.status)) return answer;
    const wait = Math.random() * FIRST_WAIT_MS * 2 ** retried + retryAfterMs(answer?.retryAfter);
    const mayRetry =
      retried < retries &&
      (answer !== undefined || isUnanswered(failure)) &&
      wait < LONGEST_RETRY_AFTER_MS &&
      performance.now() + wait < deadline;
    const isSent = mayRetry && budget.take();
    if (mayRetry) onRetry(isSent);
    if (isSent) {
      await sleep(wait);
      continue;
    }
    if (answer === undefined) throw failure;
    return answer;
  }
}

/** Whether a connection failed before there was an answer. */
function isUnanswered(error: unknown): boolean {
  const others = [TimedOut, UnusableAnswer, Overloaded, Interrupted, BrokenCircuitError, Cancelled];
  return !others.some((kind) => error instanceof kind);
}

/** Seconds, or a date (RFC 9110, section 10.2.3); nothing that is understood: none. */
function retryAfterMs(value: string | undefined): number {
  if (value === undefined) return 0;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
}
