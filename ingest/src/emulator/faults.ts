import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { internalError, tooManyRequests } from './tmdb-failure.ts';

/** What the emulator does wrong on purpose, to see how its clients take it. */
export interface Faults {
  /** Requests that a second may bring before they are answered with 429; undefined: no limit. */
  readonly rate?: number | undefined;
  /** Seconds in the Retry-After header of a 429; undefined: no such header, as TMDb often does. */
  readonly retryAfter?: number | undefined;
  /** The share of requests answered with 500, from 0 to 1. */
  readonly failRate: number;
  /** The share of requests whose connection is reset, from 0 to 1. */
  readonly resetRate: number;
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

const WINDOW_MS = 1000;

/** Adds the faults to every route below. */
export function addFaults(server: FastifyInstance, faults: Faults): void {
  const { rate, retryAfter, random } = faults;
  let windowStart = 0;
  let requests = 0;

  server.addHook('onRequest', async (request, reply) => {
    if (faults.latencyMs > 0) await sleep(faults.latencyMs);
    const dice = random();
    if (dice < faults.resetRate) {
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return;
    }
    if (dice < faults.resetRate + faults.failRate) throw internalError();
    if (rate === undefined) return;
    if (Date.now() - windowStart >= WINDOW_MS) {
      windowStart = Date.now();
      requests = 0;
    }
    requests += 1;
    if (requests <= rate) return;
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
    throw tooManyRequests(requests, rate);
  });
}
