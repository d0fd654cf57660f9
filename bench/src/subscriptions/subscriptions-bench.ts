import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { type MeasuredServer, startAnnounced, startMarquee } from '../gateway/gateways.ts';
import { LatencyCounts } from './latency-counts.ts';
import { Subscriber, type SubscriberKind } from './subscriber.ts';
import { MOVIES_SCHEMA, TICKS_SCHEMA } from './ticks.ts';

/** The distribution of subscribers over topics. */
export const SETTINGS = [
  { name: 'every event to all', topics: 1 },
  { name: 'spread over 100 ids', topics: 100 },
] as const;

export const SERVERS = ['gateway', 'graphql-sse and graphql-ws'] as const;
export type ServerName = (typeof SERVERS)[number];

export interface SubscriptionsOptions {
  /** Folder of the supergraph file. */
  readonly folder: string;
  /** Subscribers of each kind. */
  readonly subscribers: number;
  /** Events a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly onProgress: (what: string) => void;
}

/** Measurements of one server in one setting. */
export interface SubscriptionsRun {
  readonly server: ServerName;
  readonly setting: string;
  readonly latencies: Readonly<Record<SubscriberKind, { readonly p50: number; readonly p99: number }>>;
  readonly messages: number;
  readonly lost: number;
  readonly duplicate: number;
  readonly cpuMicrosPerMessage: number;
  /** Resident memory of the server before the subscribers, and after the events. */
  readonly rssBeforeMiB: number;
  readonly rssAfterMiB: number;
}

const KINDS: readonly SubscriberKind[] = ['SSE', 'WebSocket'];

/** Subscribers that connect at the same time. */
const CONNECTING = 50;

/** Seconds of events before the measurement. */
const WARM_UP_SECONDS = 3;

/** Time without a message after which all have arrived, and the longest wait for it, in ms. */
const QUIET_MS = 2_000;
const MAX_WAIT_MS = 120_000;

/** Measures both servers in both settings, each with a process of its own. */
export async function benchSubscriptions(
  options: SubscriptionsOptions,
  onRun: (run: SubscriptionsRun) => void,
): Promise<readonly SubscriptionsRun[]> {
  const source = await startAnnounced('tick-subgraphs', {});
  const runs: SubscriptionsRun[] = [];
  try {
    const supergraph = path.join(options.folder, 'supergraph.graphql');
    await writeFile(supergraph, supergraphOf(source.origin));
    for (const { name: setting, topics } of SETTINGS) {
      for (const name of SERVERS) {
        options.onProgress(`${setting}: ${name}`);
        const server = await start(name, supergraph, source.origin);
        try {
          const run = { server: name, setting, ...(await measure(server, source.origin, topics, options)) };
          runs.push(run);
          onRun(run);
        } finally {
          await server.stop();
        }
      }
    }
  } finally {
    await source.stop();
  }
  return runs;
}

function start(name: ServerName, supergraph: string, source: string): Promise<MeasuredServer> {
  if (name === 'gateway') {
    return startMarquee(supergraph, { SUBSCRIPTION_MAX_PER_CLIENT: '100000', SUBSCRIPTION_MAX: '100000' });
  }
  return startAnnounced('plain-subscriptions', { FEED_URL: `${source}/feed` });
}

async function measure(
  server: MeasuredServer,
  source: string,
  topics: number,
  { subscribers: count, rate, seconds }: SubscriptionsOptions,
): Promise<Omit<SubscriptionsRun, 'server' | 'setting'>> {
  const before = await server.usage();
  const latencies = { SSE: new LatencyCounts(), WebSocket: new LatencyCounts() };
  const subscribers: { readonly subscriber: Subscriber; readonly topic: number }[] = [];
  try {
    for (let index = 0; index < count; index += CONNECTING) {
      const size = Math.min(CONNECTING, count - index);
      const connecting = Array.from({ length: size }, (_, offset) => (index + offset) % topics).flatMap((topic) =>
        KINDS.map((kind) => ({ subscriber: new Subscriber(kind, server.origin, topic, latencies[kind]), topic })),
      );
      subscribers.push(...connecting);
      await Promise.all(connecting.map(({ subscriber }) => subscriber.opened));
    }
    const sum = (of: 'received' | 'lost' | 'duplicate') =>
      subscribers.reduce((total, { subscriber }) => total + subscriber.counts[of], 0);
    await untilQuiet(() => sum('received'));
    await publish(source, topics, rate, WARM_UP_SECONDS);
    await untilQuiet(() => sum('received'));
    for (const { subscriber } of subscribers) subscriber.reset();
    for (const kind of KINDS) latencies[kind].reset();
    const started = await server.usage();
    const events = await publish(source, topics, rate, seconds);
    await untilQuiet(() => sum('received'));
    const after = await server.usage();
    for (const { subscriber, topic } of subscribers) subscriber.finish(Math.ceil((events - topic) / topics));
    const messages = sum('received');
    const of = (kind: SubscriberKind) => ({
      p50: latencies[kind].percentile(0.5),
      p99: latencies[kind].percentile(0.99),
    });
    return {
      latencies: { SSE: of('SSE'), WebSocket: of('WebSocket') },
      messages,
      lost: sum('lost'),
      duplicate: sum('duplicate'),
      cpuMicrosPerMessage: ((after.cpuMs - started.cpuMs) * 1_000) / messages,
      rssBeforeMiB: before.rssBytes / 2 ** 20,
      rssAfterMiB: after.rssBytes / 2 ** 20,
    };
  } finally {
    for (const { subscriber } of subscribers) subscriber.close();
  }
}

/** Waits until a count stands still. */
async function untilQuiet(count: () => number): Promise<void> {
  const end = performance.now() + MAX_WAIT_MS;
  for (let [before, now] = [-1, count()]; before !== now && performance.now() < end; [before, now] = [now, count()]) {
    await sleep(QUIET_MS);
  }
}

/** Publishes events and returns their number. */
async function publish(source: string, topics: number, rate: number, seconds: number): Promise<number> {
  const response = await fetch(`${source}/start?topics=${topics}&rate=${rate}&seconds=${seconds}`, { method: 'POST' });
  return Number(await response.text());
}

function supergraphOf(origin: string): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'ticks', url: `${origin}/ticks`, typeDefs: parse(TICKS_SCHEMA) },
    { name: 'movies', url: `${origin}/movies`, typeDefs: parse(MOVIES_SCHEMA) },
  ]);
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new AggregateError(errors ?? [], 'The subgraphs of the bench do not compose.');
}
