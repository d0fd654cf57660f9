import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startGateway, temporarySupergraph, until } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

let movies: RunningSubgraph;
let scores: RunningSubgraph;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
});
after(() => Promise.all([movies?.stop(), scores?.stop()]));

const reloads = 'marquee_supergraph_reloads_total';

test('a changed supergraph is served without a failed request, and an invalid one is rejected', async (t) => {
  const supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  const gateway = await startGateway(supergraph.file);
  t.after(async () => {
    await gateway.stop();
    supergraph.remove();
  });
  const year = () => gateway.query('{ movie(id: "603") { year } }');
  assert.match((await year()).errors?.[0]?.message ?? '', /Cannot query field "year"/);

  let running = true;
  const load = (async () => {
    let count = 0;
    for (; running; count += 1) {
      assert.deepEqual(await gateway.query('{ best { title score } }'), {
        data: { best: { title: 'The Matrix', score: 8.2 } },
      });
    }
    return count;
  })();

  const grown = supergraphOf(movies.url, scores.url, 'year: Int');
  writeFileSync(supergraph.file, grown);
  await until(async () => (await gateway.metric(`${reloads}{outcome="loaded"`)) === 1);
  assert.deepEqual(await year(), { data: { movie: { year: 1999 } } });
  const sha256 = createHash('sha256').update(grown).digest('hex');
  assert.equal(await gateway.metric(`marquee_supergraph_info{sha256="${sha256}"`), 1);

  writeFileSync(supergraph.file, grown.slice(0, grown.length / 2));
  await until(async () => (await gateway.metric(`${reloads}{outcome="refused"`)) === 1);
  const refusal = gateway.log().find(({ level }) => level === 'error');
  assert.equal(refusal?.code, 'SUPERGRAPH_INVALID');
  assert.match(refusal?.reason ?? '', /Syntax Error/);
  assert.match(refusal?.msg ?? '', /rejected; the previous one is still served/);
  assert.deepEqual(await year(), { data: { movie: { year: 1999 } } });

  rmSync(supergraph.file);
  await until(async () => (await gateway.metric(`${reloads}{outcome="unreadable"`)) >= 1);
  assert.deepEqual(await year(), { data: { movie: { year: 1999 } } });
  assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);

  writeFileSync(supergraph.file, supergraphOf(movies.url, scores.url));
  await until(async () => (await gateway.metric(`${reloads}{outcome="loaded"`)) === 2);
  assert.match((await year()).errors?.[0]?.message ?? '', /Cannot query field "year"/);

  running = false;
  assert.ok((await load) > 10);
});
