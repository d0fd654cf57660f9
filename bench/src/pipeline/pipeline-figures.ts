import type { Figure } from '../figures.ts';
import type { PipelineMeasured } from './pipeline-bench.ts';

/** Targets on 2 otherwise idle cores. */
export const PROMISED = { timesRowAtATime: 10, shareOfCopy: 0.2, visibleP99Ms: 150, drainingMb: 200 } as const;

/** The rate at which the time to visibility is promised. */
const PROMISED_RATE = 200;

/** Compares a subgraph's consumer with the references, and with the limits of time and memory. */
export function pipelineFiguresOf({ subgraph, applying, visibility, draining }: PipelineMeasured): readonly Figure[] {
  const { copy, rowAtATime, rowsPerEvent } = applying;
  const figure = (name: string, unit: string, value: number, reference: number): Figure => ({
    name: `pipeline: ${subgraph}: ${name}`,
    value: rounded(value),
    unit,
    reference: rounded(reference),
    ratio: rounded(value / reference),
  });
  const postgresMs = (of: { readonly postgresMsPerRow: number }) => of.postgresMsPerRow * rowsPerEvent;
  return [
    figure('events per second, beside COPY', '1/s', applying.eventsPerSecond, copy.rowsPerSecond / rowsPerEvent),
    figure(
      'events per second, beside a row at a time',
      '1/s',
      applying.eventsPerSecond,
      rowAtATime.rowsPerSecond / rowsPerEvent,
    ),
    figure('rows per second, beside COPY', '1/s', applying.rowsPerSecond, copy.rowsPerSecond),
    figure('rows per second, beside a row at a time', '1/s', applying.rowsPerSecond, rowAtATime.rowsPerSecond),
    figure('CPU per event of the consumer', 'ms', applying.cpuMsPerEvent, applying.cpuMsPerEvent),
    figure('CPU per event of Postgres, beside COPY', 'ms', postgresMs(applying), postgresMs(copy)),
    figure('CPU per event of Postgres, beside a row at a time', 'ms', postgresMs(applying), postgresMs(rowAtATime)),
    ...visibility.flatMap(({ perSecond, latencies }) =>
      (['p50', 'p99'] as const).map((name) =>
        figure(
          `publish to visible, ${name} at ${perSecond} events per second`,
          'ms',
          latencies[name],
          PROMISED.visibleP99Ms,
        ),
      ),
    ),
    ...(draining === undefined
      ? []
      : [figure(`peak memory while it drains ${draining.events} events`, 'MB', draining.peakMb, PROMISED.drainingMb)]),
  ];
}

/** Returns the lines of a subgraph's table. */
export function pipelineTable(measured: PipelineMeasured): string {
  return pipelineFiguresOf(measured)
    .map(({ name, value, unit, reference, ratio }) =>
      [
        name.replace('pipeline: ', '').padEnd(64),
        `${value} ${unit}`.padStart(14),
        `${reference} ${unit}`.padStart(14),
        `${ratio}x`.padStart(9),
      ].join(''),
    )
    .join('\n');
}

/** Returns the promises that were not kept, each with its figures. */
export function brokenPromises({ subgraph, applying, visibility, draining }: PipelineMeasured): readonly string[] {
  const { timesRowAtATime, shareOfCopy, visibleP99Ms, drainingMb } = PROMISED;
  const times = applying.rowsPerSecond / applying.rowAtATime.rowsPerSecond;
  const share = applying.rowsPerSecond / applying.copy.rowsPerSecond;
  const p99 = visibility.find(({ perSecond }) => perSecond === PROMISED_RATE)?.latencies.p99 ?? 0;
  return [
    ...(times < timesRowAtATime ? [`${times.toFixed(1)} times a row at a time; ${timesRowAtATime} are promised`] : []),
    ...(share < shareOfCopy ? [`${share.toFixed(3)} of the speed of COPY; ${shareOfCopy} are promised`] : []),
    ...(p99 >= visibleP99Ms
      ? [`p99 of ${p99.toFixed(0)} ms from publication to visibility; less than ${visibleP99Ms} are promised`]
      : []),
    ...(draining !== undefined && draining.peakMb >= drainingMb
      ? [`${draining.peakMb} MB; less than ${drainingMb} are promised`]
      : []),
  ].map((promise) => `${subgraph}: ${promise}`);
}

const rounded = (value: number) => Number(value.toPrecision(4));
