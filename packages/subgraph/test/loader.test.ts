import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFieldLoader, createLoader } from '@marquee/subgraph/loader';

describe('loader', () => {
  it('reads distinct ids once and together, and fills in what is absent', async () => {
    const reads: (readonly string[])[] = [];
    const loader = createLoader(
      async (ids) => {
        reads.push(ids);
        return new Map(ids.filter((id) => id !== '404').map((id) => [id, id.length]));
      },
      () => null,
    );
    assert.deepEqual(await Promise.all(['1', '22', '404', '1'].map((id) => loader.load(id))), [1, 2, null, 1]);
    assert.deepEqual(reads, [['1', '22', '404']]);
  });

  it('keeps a null that was read apart from what was left out', async () => {
    const loader = createLoader<string | null>(
      async () => new Map([['1', null]]),
      () => 'absent',
    );
    assert.deepEqual(await Promise.all([loader.load('1'), loader.load('2')]), [null, 'absent']);
  });

  it('reads once for each distinct set of arguments', async () => {
    const reads: [readonly string[], { first: number }][] = [];
    const loader = createFieldLoader(
      async (ids, args: { first: number }) => {
        reads.push([ids, args]);
        return new Map(ids.map((id) => [id, `${id}/${args.first}`]));
      },
      () => '',
    );
    const asked = [loader.load('1', { first: 5 }), loader.load('2', { first: 5 }), loader.load('1', { first: 9 })];
    assert.deepEqual(await Promise.all(asked), ['1/5', '2/5', '1/9']);
    assert.deepEqual(reads, [
      [['1', '2'], { first: 5 }],
      [['1'], { first: 9 }],
    ]);
  });

  it('hands the failure of a read to everyone who waited for it', async () => {
    const loader = createLoader<number>(
      async () => {
        throw new Error('gone');
      },
      () => 0,
    );
    const results = await Promise.allSettled([loader.load('1'), loader.load('2')]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'rejected'],
    );
  });
});
