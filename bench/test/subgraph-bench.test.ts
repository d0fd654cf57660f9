import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { removePostgres } from '@marquee/local-services/postgres';
import { ownDatabase } from '../src/database.ts';
import { benchSubgraphs, SUBGRAPHS } from '../src/subgraph-bench.ts';

it('measures every query on real servers with equal facts', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  const database = await ownDatabase({ movies: 500, folder, subgraphs: SUBGRAPHS }, () => {});
  try {
    const seen: string[] = [];
    const comparisons = await benchSubgraphs({
      url: database.url,
      subgraphs: SUBGRAPHS,
      poolSize: 2,
      connections: 2,
      seconds: 0.03,
      warmUpRequests: 1,
      steadySeconds: 0.04,
      onComparison: ({ query }) => seen.push(query),
      onProgress: () => {},
    });
    for (const subgraph of SUBGRAPHS) {
      assert.equal(comparisons.filter((comparison) => comparison.subgraph === subgraph).length, 10, subgraph);
    }
    assert.equal(seen.length, comparisons.length);
    for (const { query, servers } of comparisons) {
      for (const [name, measured] of Object.entries(servers)) {
        assert.ok(measured.requestsPerSecond > 0, `${query}: ${name}`);
        assert.ok(measured.cpuMsPerRequest > 0, `${query}: ${name}`);
        assert.ok(measured.steadyP99 > 0, `${query}: ${name}`);
        assert.ok(measured.rssMiB > 10, `${query}: ${name}`);
      }
    }
  } finally {
    await database.close();
    await removePostgres(path.join(folder, '500', 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
});
