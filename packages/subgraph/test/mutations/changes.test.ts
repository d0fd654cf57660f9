import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ReadChange, readChanges, readOne } from '../../src/mutations/changes.ts';

const read: ReadChange<string> = (kind, { id, input }: { id?: string; input?: { title: string } }, at) =>
  input?.title === ''
    ? { faults: [{ path: [...at, 'title'], message: 'Send some text.', code: 'TOO_SHORT' }] }
    : { value: `${kind} ${id ?? input?.title}` };

const changesOf = (inputs: Parameters<typeof readChanges>[0], key: string | null = null) =>
  readChanges(inputs, key, read, 'Name it once.');

test('changes come with the places of their parts', () => {
  assert.deepEqual(changesOf([{ create: { title: 'Ran' } }, { delete: { id: '5', version: 1 } }]), {
    changes: ['create Ran', 'delete 5'],
    paths: [
      {
        input: ['changes', '0', 'create'],
        id: ['changes', '0', 'create', 'id'],
        version: ['changes', '0', 'create', 'version'],
      },
      {
        input: ['changes', '1', 'delete', 'input'],
        id: ['changes', '1', 'delete', 'id'],
        version: ['changes', '1', 'delete', 'version'],
      },
    ],
  });
});

test('everything that is wrong with a batch is said, each thing at its place', () => {
  const twice = { update: { id: '5', version: 1, input: { title: '' } } };
  const both = { create: { title: 'Ran' }, delete: { id: '7', version: 1 } };
  const found = changesOf([{}, both, { delete: { id: '5', version: 1 } }, twice, { create: { title: '' } }], '\n');
  assert.ok('faults' in found);
  assert.deepEqual(
    found.faults.map(({ path, code }) => `${path.join('.')} ${code}`),
    [
      'changes.0 NOT_ONE',
      'changes.1 NOT_ONE',
      'changes.3.update.input.title TOO_SHORT',
      'changes.3.update.id REPEATED',
      'changes.4.create.title TOO_SHORT',
      'idempotencyKey INVALID_IDEMPOTENCY_KEY',
    ],
  );
});

test('a batch has 1 to 100 changes', () => {
  for (const [count, code] of [
    [0, 'TOO_SHORT'],
    [101, 'TOO_LONG'],
  ] as const) {
    const found = changesOf(Array.from({ length: count }, () => ({ create: { title: 'Ran' } })));
    assert.deepEqual(found, { faults: [{ path: ['changes'], message: 'Send 1 to 100 changes.', code }] });
  }
});

test('a mutation of one is a batch of one whose parts are the arguments', () => {
  const args = { id: '5', input: { title: 'Ran' } };
  assert.deepEqual(readOne('update', args, read), {
    changes: ['update 5'],
    paths: [{ input: ['input'], id: ['id'], version: ['version'] }],
  });
});

test('changes after more faults than a client is told are not read', () => {
  for (const each of [1, 7, 300]) {
    let reads = 0;
    const found = readChanges(
      Array.from({ length: 100 }, (_, index) => ({ update: { id: `${index}`, version: 1, input: {} } })),
      null,
      (_kind, _args, path) => {
        reads += 1;
        return {
          faults: Array.from({ length: each }, () => ({ path, message: 'Send some text.', code: 'TOO_SHORT' })),
        };
      },
      'Name it once.',
    );
    assert.ok('faults' in found);
    assert.equal(reads, Math.min(Math.floor(100 / each) + 1, 100));
    assert.equal(found.faults.length, reads * each);
  }
});
