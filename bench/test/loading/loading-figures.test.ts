import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadingMeasured } from '../../src/loading/loading-bench.ts';
import { brokenPromises, loadingFiguresOf, loadingTable } from '../../src/loading/loading-figures.ts';

const measured = (moviesPerSecond: number, failed: number, p99: number): LoadingMeasured => ({
  moviesPerSecond,
  seconds: 5_000 / moviesPerSecond,
  postgresMsPerMovie: 6,
  nodeMsPerMovie: 3,
  whileLoading: { reads: 1_000, failed, reasons: failed > 0 ? ['SUBGRAPH_TIMEOUT'] : [], latencies: { p50: 20, p99 } },
  afterwards: { reads: 200, failed: 0, reasons: [], latencies: { p50: 10, p99: 50 } },
});

describe('figures of reads while loading', () => {
  it('are compared with those of the reference', () => {
    const figures = loadingFiguresOf(measured(120, 0, 200), measured(60, 4, 8_000));
    const of = (name: string) => figures.find((figure) => figure.name === `reads-while-loading: ${name}`);
    assert.deepEqual(of('movies per second'), {
      name: 'reads-while-loading: movies per second',
      value: 120,
      unit: '1/s',
      reference: 60,
      ratio: 2,
    });
    assert.equal(of('read p99 while loading')?.ratio, 0.025);
    assert.equal(of('reads that failed')?.ratio, 0);
    for (const figure of figures) assert.ok(Number.isFinite(figure.ratio), figure.name);
  });

  it('show each stack in a column', () => {
    const table = loadingTable([
      ['before', measured(60, 4, 8_000)],
      ['after', measured(120, 0, 200)],
    ]);
    assert.match(table, /^movies per second, 1\/s +60\.0 +120\.0$/m);
  });

  for (const [kept, broken] of [
    [measured(100, 0, 249), /^$/],
    [measured(99, 0, 100), /^99 movies a second/],
    [measured(120, 1, 100), /^1 of 1000 reads failed: SUBGRAPH_TIMEOUT/],
    [measured(120, 0, 250), /^p99 is 250 ms/],
  ] as const) {
    it(`names broken promises: ${broken.source}`, () => assert.match(brokenPromises(kept).join('\n'), broken));
  }
});
