import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createFaultDraw, isPoisoned } from './fault-draw.ts';
import type { Faults, RequestFault } from './faults.ts';
import { sampleLatency } from './latency.ts';
import { createRequestCounter } from './rate-limit.ts';
import { withDrift } from './schema-drift.ts';
import { seededRandom } from './seeded-random.ts';
import type { StatisticsRecorder } from './statistics.ts';
import { internalError, tooManyRequests } from './tmdb-failure.ts';

export interface FaultInjectionOptions {
  /** Returns the present faults, which may change at any time. */
  readonly faults: () => Faults;
  readonly seed: number;
  readonly statistics: StatisticsRecorder;
}

const HTML =
  '<!doctype html><html><head><title>Just a moment…</title></head><body><p>Checking your browser.</p></body></html>\n';

/** Adds the rate limit, the latency and the faults to all routes of the server. */
export function addFaultInjection(server: FastifyInstance, options: FaultInjectionOptions): void {
  const { seed, statistics } = options;
  const count = createRequestCounter(() => performance.now());
  const drawFault = createFaultDraw(seed);
  const random = seededRandom(seed, 'latency');
  const bodyFaults = new WeakMap<FastifyRequest, RequestFault>();
  const hanging = new Set<Socket>();

  server.addHook('onRequest', async (request, reply) => {
    const faults = options.faults();
    const requests = count(request.ip);
    const isAccepted = faults.rate === null || requests <= faults.rate;
    statistics.arrived(isAccepted);
    statistics.began();
    reply.raw.once('close', statistics.ended);
    if (!isAccepted) {
      if (faults.retryAfter !== null && random() < faults.retryAfterShare)
        reply.header('retry-after', String(faults.retryAfter));
      throw tooManyRequests(requests, faults.rate ?? 0);
    }
    const latency = sampleLatency(faults.latency, random);
    if (latency > 0) await sleep(latency);
    if (isPoisoned(faults, seed, request.url)) throw internalError();
    const fault = drawFault(faults, request.url);
    if (fault === undefined) return;
    statistics.faulted(fault);
    const { socket } = request.raw;
    if (fault === 'failRate') throw internalError();
    if (fault === 'htmlRate') return reply.type('text/html; charset=utf-8').send(HTML);
    if (fault === 'resetRate') {
      reply.hijack();
      socket.resetAndDestroy();
    } else if (fault === 'hangRate') {
      reply.hijack();
      hanging.add(socket);
      socket.once('close', () => hanging.delete(socket));
    } else {
      bodyFaults.set(request, fault);
    }
  });

  server.addHook('preSerialization', async (request, _reply, payload) =>
    bodyFaults.get(request) === 'driftRate' && typeof payload === 'object' && payload !== null
      ? withDrift(payload)
      : payload,
  );

  server.addHook('onSend', async (request, reply, payload) => {
    const fault = bodyFaults.get(request);
    if (typeof payload !== 'string' || (fault !== 'truncateRate' && fault !== 'invalidRate')) return payload;
    reply.removeHeader('content-length');
    return fault === 'truncateRate' ? payload.slice(0, payload.length / 2) : payload.replace(':', ':NaN,,');
  });

  server.addHook('onResponse', async (_request, reply) => statistics.responded(reply.statusCode));
  server.addHook('preClose', async () => {
    for (const socket of hanging) socket.destroy();
  });
}
