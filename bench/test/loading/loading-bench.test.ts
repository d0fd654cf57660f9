import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { benchLoading, THIS_TREE } from '../../src/loading/loading-bench.ts';

it('reads while a small catalogue is loaded', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  try {
    const { moviesPerSecond, postgresMsPerMovie, nodeMsPerMovie, whileLoading, afterwards } = await benchLoading({
      movies: 40,
      people: 400,
      creditsPerMovie: 20,
      readsPerSecond: 10,
      quietSeconds: 1,
      stack: { tree: THIS_TREE, folder, env: {} },
      onProgress: () => {},
    });
    for (const figure of [moviesPerSecond, whileLoading.reads, afterwards.reads]) assert.ok(figure > 0, String(figure));
    if (process.platform === 'linux') assert.ok(postgresMsPerMovie > 0 && nodeMsPerMovie > 0);
    assert.deepEqual([...whileLoading.reasons, ...afterwards.reasons], []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
