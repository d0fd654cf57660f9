import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../src/eventually.ts';

it('returns what is read once it passes', async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    assert.ok(reads > 2);
    return reads;
  };
  assert.equal(await eventually(read), 3);
});

it('gives up with the last failure', async () => {
  let reads = 0;
  const read = () => Promise.reject(new Error(`failure ${++reads}`));
  await assert.rejects(eventually(read, 120), ({ message }: Error) => message === `failure ${reads}` && reads > 1);
});
