import type { Figure } from '../figures.ts';
import type { SubscriptionsRun } from './subscriptions-bench.ts';

/** The longest p99 from the publication of an event to a client, in ms. */
export const P99_LIMIT_MS = 100;

const VALUES: readonly (readonly [name: string, unit: string, of: (run: SubscriptionsRun) => number])[] = [
  ['SSE p50', 'ms', ({ latencies }) => latencies.SSE.p50],
  ['SSE p99', 'ms', ({ latencies }) => latencies.SSE.p99],
  ['WebSocket p50', 'ms', ({ latencies }) => latencies.WebSocket.p50],
  ['WebSocket p99', 'ms', ({ latencies }) => latencies.WebSocket.p99],
  ['CPU per message', 'µs', ({ cpuMicrosPerMessage }) => cpuMicrosPerMessage],
  ['memory before subscribers', 'MiB', ({ rssBeforeMiB }) => rssBeforeMiB],
  ['memory after events', 'MiB', ({ rssAfterMiB }) => rssAfterMiB],
  ['messages', '1', ({ messages }) => messages],
  ['lost', '1', ({ lost }) => lost],
  ['duplicate', '1', ({ duplicate }) => duplicate],
];

/** Compares the gateway with the other server in one setting, and its p99 with the limit. */
export function subscriptionFiguresOf(gateway: SubscriptionsRun, other: SubscriptionsRun): readonly Figure[] {
  const figure = (name: string, value: number, unit: string, reference: number): Figure => ({
    name: `subscriptions: ${gateway.setting}: ${name}`,
    value: rounded(value),
    unit,
    reference: rounded(reference),
    ratio: reference === 0 ? 0 : rounded(value / reference),
  });
  return [
    ...VALUES.map(([name, unit, of]) => figure(`${name}, beside ${other.server}`, of(gateway), unit, of(other))),
    ...(['SSE', 'WebSocket'] as const).map((kind) =>
      figure(`${kind} p99, beside its limit`, gateway.latencies[kind].p99, 'ms', P99_LIMIT_MS),
    ),
  ];
}

const columns = (name: string, values: readonly string[]) =>
  [name.padEnd(52), ...values.map((value) => value.padStart(14))].join('');

export const subscriptionsHeader = (): string =>
  columns('', ['SSE p50/p99', 'WS p50/p99', 'µs/message', 'MiB', 'lost', 'duplicate']);

export function subscriptionsLine(run: SubscriptionsRun): string {
  const { SSE, WebSocket } = run.latencies;
  return columns(`${run.setting}: ${run.server}`, [
    `${SSE.p50.toFixed(1)}/${SSE.p99.toFixed(1)}`,
    `${WebSocket.p50.toFixed(1)}/${WebSocket.p99.toFixed(1)}`,
    run.cpuMicrosPerMessage.toFixed(1),
    `${run.rssBeforeMiB.toFixed(0)} to ${run.rssAfterMiB.toFixed(0)}`,
    String(run.lost),
    String(run.duplicate),
  ]);
}

const rounded = (value: number) => Number(value.toPrecision(4));
