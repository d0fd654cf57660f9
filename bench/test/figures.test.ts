import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Comparison, figuresOf, type Measured, verdictOf } from '../src/figures.ts';
import { linesOf } from '../src/table.ts';

const measured = (cpuMsPerRequest: number, requestsPerSecond: number, steadyP99: number): Measured => ({
  requestsPerSecond,
  latencies: { p50: 1, p99: 2 },
  cpuMsPerRequest,
  rssMiB: 100,
  steadyP99,
});
const comparison = (ours: Measured): Comparison => ({
  subgraph: 'movies',
  query: 'a movie',
  servers: { 'bare SQL': measured(0.2, 2_000, 4), subgraph: ours, PostGraphile: measured(0.6, 900, 8) },
});

describe('figures', () => {
  it('are compared with both others and the limit', () => {
    const figures = figuresOf(comparison(measured(0.3, 1_500, 5)));
    const of = (name: string) => figures.find((figure) => figure.name === `movies: a movie: ${name}`);
    assert.deepEqual(of('CPU per request, beside bare SQL'), {
      name: 'movies: a movie: CPU per request, beside bare SQL',
      value: 0.3,
      unit: 'ms',
      reference: 0.2,
      ratio: 1.5,
    });
    assert.equal(of('requests per second, beside PostGraphile')?.ratio, 1.667);
    assert.equal(of('p99 at a steady load, beside its limit')?.ratio, 0.1);
    assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
  });

  it('are judged by CPU, by PostGraphile and by the slowest', () => {
    const good = comparison(measured(0.5, 1_000, 50));
    const bad = [measured(0.51, 1_000, 5), measured(0.3, 800, 5), measured(0.3, 1_000, 51)].map(comparison);
    assert.deepEqual(verdictOf('movies', [good, ...bad]), {
      subgraph: 'movies',
      queries: 4,
      withinCpuLimit: 3,
      aheadOfPostgraphile: 3,
      withinP99Limit: 3,
    });
  });

  it('are a line for each server', () => {
    const lines = linesOf(good()).split('\n');
    assert.deepEqual(
      lines.map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .at(-1),
      ),
      ['1.00', '2.50', '3.00'],
    );
  });
});

const good = () => comparison(measured(0.5, 1_000, 50));
