import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SUBGRAPHS } from '../../src/pipeline/measured-subgraphs.ts';
import { benchPipeline, type PipelineMeasured } from '../../src/pipeline/pipeline-bench.ts';

it('measures each consumer beside its references', { timeout: 240_000 }, async () => {
  const measured: PipelineMeasured[] = [];
  await benchPipeline({
    log: 'postgres',
    subgraphs: SUBGRAPHS,
    events: 300,
    rates: [50],
    visibleSeconds: 1,
    drainedEvents: 700,
    onProgress: () => {},
    onMeasured: (of) => measured.push(of),
  });
  assert.deepEqual(
    measured.map(({ subgraph }) => subgraph),
    SUBGRAPHS,
  );
  for (const { subgraph, applying, visibility, draining } of measured) {
    const { rowsPerEvent, copy, rowAtATime } = applying;
    assert.ok(rowsPerEvent > 1, `${subgraph} writes ${rowsPerEvent} rows`);
    assert.ok(rowAtATime.rows > 200 && rowAtATime.rows < copy.rows, `${rowAtATime.rows} of ${copy.rows} rows`);
    const figures = [applying.eventsPerSecond, copy.rowsPerSecond, rowAtATime.rowsPerSecond, draining?.peakMb ?? 0];
    for (const figure of figures) assert.ok(figure > 0, `${subgraph} ${figure}`);
    assert.equal(visibility.length, 1);
    assert.ok((visibility[0]?.latencies.p99 ?? 0) > 0);
  }
});
