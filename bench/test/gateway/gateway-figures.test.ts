import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type GatewayComparison,
  type GatewayMeasured,
  gatewayFiguresOf,
  verdictsOf,
} from '../../src/gateway/gateway-figures.ts';
import { gatewayLinesOf, gatewayVerdictLine } from '../../src/gateway/gateway-table.ts';
import { GATEWAY_QUERIES } from '../../src/gateway/queries.ts';

const measured = (requestsPerSecond: number, cpuMsPerRequest: number): GatewayMeasured => ({
  requestsPerSecond,
  latencies: { p50: 1, p99: 2 },
  cpuMsPerRequest,
  subgraphsCpuMsPerRequest: 0.1,
  loadCpuMsPerRequest: 0.02,
  steady: { p50: 1, p99: 3 },
  rssMiB: 100,
  peakRssMiB: 150,
});

const comparison: GatewayComparison = {
  query: GATEWAY_QUERIES[0] as GatewayComparison['query'],
  gateways: {
    'Apollo Gateway': measured(100, 10),
    Marquee: measured(3_000, 0.25),
    'Marquee, no dedup': measured(590, 2),
    'Marquee, plugins, no dedup': measured(550, 2.5),
    CompiledGateway: measured(2_600, 0.4),
    'CompiledGateway, no dedup': measured(500, 2.5),
  },
};

describe('figures of gateways', () => {
  it('are compared with those of Apollo Gateway', () => {
    const figures = gatewayFiguresOf(comparison);
    assert.deepEqual(
      figures.find(({ name }) => name === 'deep: Marquee: CPU per request'),
      { name: 'deep: Marquee: CPU per request', value: 0.25, unit: 'ms', reference: 10, ratio: 0.025 },
    );
    assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
  });

  it('are judged by the multiple of requests per second', () => {
    assert.deepEqual(
      verdictsOf(comparison).map(({ times, promised, holds }) => [times, promised, holds]),
      [
        [30, 25, true],
        [5.9, 6, false],
        [5.5, 5, true],
        [26, 25, true],
        [5, 5, true],
      ],
    );
    assert.match(verdictsOf(comparison).map(gatewayVerdictLine).join('\n'), / 6 are promised: NOT KEPT\.$/m);
  });

  it('are a line for each gateway', () => {
    const lines = gatewayLinesOf(comparison).split('\n');
    assert.deepEqual(
      lines.map((line) => /(\d[\d.]*)x .*?(\d[\d.]*)x/.exec(line)?.slice(1)),
      [
        ['1.0', '1.0'],
        ['30.0', '40.0'],
        ['5.9', '5.0'],
        ['5.5', '4.0'],
        ['26.0', '25.0'],
        ['5.0', '4.0'],
      ],
    );
  });
});
