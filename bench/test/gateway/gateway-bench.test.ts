import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { benchGateways } from '../../src/gateway/gateway-bench.ts';
import { GATEWAYS } from '../../src/gateway/gateway-names.ts';
import { GATEWAY_QUERIES } from '../../src/gateway/queries.ts';

const QUERIES = GATEWAY_QUERIES.filter(({ name }) => ['deep', 'cold', 'mutation'].includes(name));

it('measures queries on gateways with equal responses', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  try {
    const seen: string[] = [];
    const comparisons = await benchGateways({
      folder,
      queries: QUERIES,
      connections: 2,
      seconds: 0.5,
      rounds: 1,
      steadySeconds: 0.2,
      onComparison: ({ query }) => seen.push(query.name),
      onProgress: () => {},
    });
    assert.deepEqual(
      seen,
      QUERIES.map(({ name }) => name),
    );
    for (const { query, gateways } of comparisons) {
      for (const name of GATEWAYS) {
        const { requestsPerSecond, cpuMsPerRequest, steady, rssMiB, peakRssMiB } = gateways[name];
        for (const figure of [requestsPerSecond, cpuMsPerRequest, steady.p50, rssMiB]) {
          assert.ok(figure > 0, `${query.name}: ${name}: ${JSON.stringify(gateways[name])}`);
        }
        assert.ok(peakRssMiB >= rssMiB - 1, `${query.name}: ${name}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
