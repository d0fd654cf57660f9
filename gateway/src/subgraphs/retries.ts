import { setTimeout as sleep } from 'node:timers/promises';
import { BrokenCircuitError } from 'cockatiel';
import { Cancelled } from './cancellation.ts';
import { isUnavailable } from './circuit-breaker.ts';
import { type HttpResponse, PoolOverloaded, RequestTimeout, ResponseInterrupted } from './http-pool.ts';
import { UnusableResponse } from './response-content.ts';

export interface RetryOptions {
  /** Limit of retries for one request. */
  readonly retries: number;
  /** Retries allowed for 100 requests. */
  readonly budgetPercent: number;
}

/** Limit of unused retries that a subgraph's budget saves: about one restart of a process. */
const MAX_SAVED = 100;
const INITIAL_SAVED = 10;

/**
 * Backoff is random between 0 and this, doubled for each retry, so that requests that failed together do not return
 * together.
 */
const INITIAL_BACKOFF_MS = 50;

/** A server with a longer `Retry-After` gets no retry. */
const MAX_RETRY_AFTER_MS = 2_000;

/**
 * The retry budget of one subgraph: each request adds a share of a retry, each retry takes one. The share bounds the
 * additional load on a failing subgraph.
 */
export class RetryBudget {
  readonly #share: number;
  #saved = INITIAL_SAVED;

  constructor(percent: number) {
    this.#share = percent / 100;
  }

  /** Adds the share of a first attempt. */
  save(): void {
    this.#saved = Math.min(this.#saved + this.#share, MAX_SAVED);
  }

  /** Returns true and takes a retry when the budget has one. */
  take(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}

export interface RetriedRequest {
  readonly send: () => Promise<HttpResponse>;
  readonly budget: RetryBudget;
  /** Limit of retries. */
  readonly retries: number;
  /** No retry begins after this time, on the clock of `performance.now()`. */
  readonly deadline: number;
  readonly onRetry: (isSent: boolean) => void;
}

/**
 * Sends a repeatable request, again when there is no response or a status of 502, 503 or 504, as far as time, budget
 * and `Retry-After` allow. Otherwise returns or rejects with the last outcome.
 */
export async function sendWithRetries({
  send,
  budget,
  retries,
  deadline,
  onRetry,
}: RetriedRequest): Promise<HttpResponse> {
  budget.save();
  for (let retried = 0; ; retried += 1) {
    let answer: HttpResponse | undefined;
    let failure: unknown;
    try {
      answer = await send();
    } catch (error) {
      failure = error;
    }
    if (answer !== undefined && !isUnavailable(answer.status)) return answer;
    const wait = Math.random() * INITIAL_BACKOFF_MS * 2 ** retried + retryAfterMs(answer?.retryAfter);
    const mayRetry =
      retried < retries &&
      (answer !== undefined || isUnanswered(failure)) &&
      wait < MAX_RETRY_AFTER_MS &&
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

/** Returns true when the connection failed before there was a response. */
function isUnanswered(error: unknown): boolean {
  const others = [RequestTimeout, UnusableResponse, PoolOverloaded, ResponseInterrupted, BrokenCircuitError, Cancelled];
  return !others.some((kind) => error instanceof kind);
}

/** Parses seconds or a date (RFC 9110, section 10.2.3); 0 for anything else. */
function retryAfterMs(value: string | undefined): number {
  if (value === undefined) return 0;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
}
