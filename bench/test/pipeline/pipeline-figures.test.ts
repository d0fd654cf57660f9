import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PipelineMeasured } from '../../src/pipeline/pipeline-bench.ts';
import { brokenPromises, pipelineFiguresOf } from '../../src/pipeline/pipeline-figures.ts';

const of = (rowsPerSecond: number) => ({ rows: 1_000, rowsPerSecond, postgresMsPerRow: 0.01 });

const measured = (rowsPerSecond: number, p99: number, peakMb: number): PipelineMeasured => ({
  subgraph: 'ratings',
  applying: {
    ...of(rowsPerSecond),
    eventsPerSecond: rowsPerSecond / 4,
    cpuMsPerEvent: 0.2,
    rowsPerEvent: 4,
    copy: of(100_000),
    rowAtATime: of(2_000),
  },
  visibility: [{ perSecond: 200, latencies: { p50: 20, p99 } }],
  draining: { events: 1_000_000, peakMb },
});

it('compares a consumer with COPY, a row at a time, and the limits', () => {
  const figures = pipelineFiguresOf(measured(40_000, 75, 100));
  assert.deepEqual(
    Object.fromEntries(figures.map(({ name, ratio }) => [name.replace('pipeline: ratings: ', ''), ratio])),
    {
      'events per second, beside COPY': 0.4,
      'events per second, beside a row at a time': 20,
      'rows per second, beside COPY': 0.4,
      'rows per second, beside a row at a time': 20,
      'CPU per event of the consumer': 1,
      'CPU per event of Postgres, beside COPY': 1,
      'CPU per event of Postgres, beside a row at a time': 1,
      'publish to visible, p50 at 200 events per second': 0.1333,
      'publish to visible, p99 at 200 events per second': 0.5,
      'peak memory while it drains 1000000 events': 0.5,
    },
  );
});

it('names each promise that is not kept, and none that is', () => {
  assert.deepEqual(brokenPromises(measured(20_000, 149, 199)), []);
  assert.deepEqual(brokenPromises(measured(19_000, 150, 200)), [
    'ratings: 9.5 times a row at a time; 10 are promised',
    'ratings: 0.190 of the speed of COPY; 0.2 are promised',
    'ratings: p99 of 150 ms from publication to visibility; less than 150 are promised',
    'ratings: 200 MB; less than 200 are promised',
  ]);
});
