import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { internalError, tooManyRequests } from './tmdb-failure.ts';

/** Faults that the emulator injects to test its clients. */
export interface Faults {
  /** Requests per second, above which it returns 429; undefined: no limit. */
  readonly rate?: number | undefined;
  /** Seconds in the Retry-After header of a 429; undefined: no such header, as often at TMDb. */
  readonly retryAfter?: number | undefined;
  /** Share of requests with the response 500, from 0 to 1. */
  readonly failRate: number;
  /** Share of requests whose connection is reset, from 0 to 1. */
  readonly resetRate: number;
  /** Milliseconds before each response. */
  readonly latencyMs: number;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
}

const WINDOW_MS = 1000;

/** Adds the faults to all routes of the server. */
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
