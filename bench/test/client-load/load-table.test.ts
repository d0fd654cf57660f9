import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveTable, loadTable } from '../../src/client-load/load-table.ts';
import { LoadTally } from '../../src/client-load/load-tally.ts';

test('the table has a line for all, one for each operation, and the errors by code, most first', () => {
  const tally = new LoadTally();
  for (let index = 1; index <= 100; index += 1) tally.add('Movie', index, []);
  tally.add('Home', 2.5, ['TIMEOUT']);
  tally.add('Home', 2.5, ['GONE', 'GONE']);
  tally.notSent = 3;
  const [head = '', columns, ...rows] = loadTable(tally.figures(), 12.34).split('\n');
  assert.match(head, /^0 s, 12\.3 responses per second, 3 not sent$/);
  assert.match(columns ?? '', /requests +p50 ms +p95 ms +p99 ms +max ms +failed/);
  assert.deepEqual(
    rows.map((row) => row.trim().split(/ +/)),
    [
      ['all', '102', '49.0', '95.0', '99.0', '100.0', '2'],
      ['Home', '2', '2.5', '2.5', '2.5', '2.5', '2'],
      ['Movie', '100', '50.0', '95.0', '99.0', '100.0', '0'],
      ['errors:', 'GONE', '2,', 'TIMEOUT', '1'],
    ],
  );
  const widths = [columns, ...rows.slice(0, -1)].map((line) => line?.length);
  assert.equal(new Set(widths).size, 1, 'the columns are aligned');
});

test('the number of codes is bounded', () => {
  const tally = new LoadTally();
  for (let index = 0; index < 200; index += 1) tally.add('Movie', 1, [`CODE_${index}`]);
  const { errors } = tally.figures();
  assert.equal(Object.keys(errors).length, 51);
  assert.equal(errors.OTHER, 150);
});

test('the recent rate is that of whole seconds', async () => {
  const tally = new LoadTally();
  assert.equal(tally.recentRate(), 0);
  for (let index = 0; index < 30; index += 1) tally.add('Movie', 1, []);
  await sleep(1_050);
  tally.add('Movie', 1, []);
  assert.equal(tally.recentRate(), 30);
});

test('a terminal shows the last table alone, and nothing after its end', () => {
  let written = '';
  const table = new LiveTable((text) => {
    written += text;
  });
  table.show('a\nb');
  table.show('c');
  table.clear();
  table.clear();
  assert.equal(written, 'a\nb\n\x1b[2A\x1b[0Jc\n\x1b[1A\x1b[0J');
});
