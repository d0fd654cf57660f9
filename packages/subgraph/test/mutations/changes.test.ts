import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { changePath, changesSchema } from '../../src/mutations/changes.ts';
import { parseInput } from '../../src/mutations/input.ts';

const input = z.object({
  title: z.string().refine((title) => title !== '', { message: 'Send some text.', params: { code: 'TOO_SHORT' } }),
});
const create = input.transform(({ title }) => ({ kind: 'create' as const, text: title }));
const atVersion = { id: z.string(), version: z.number() };
const update = z
  .object({ ...atVersion, input })
  .transform(({ id, input: { title } }) => ({ kind: 'update' as const, text: `${id} ${title}` }));
const deletion = z.object(atVersion).transform(({ id }) => ({ kind: 'delete' as const, text: id }));

type Change = { readonly kind: 'create' | 'update' | 'delete'; readonly text: string };

const schema = z.object({ changes: changesSchema<Change>({ create, update, delete: deletion }, 'Name it once.') });

const parse = (changes: readonly object[]) => parseInput(schema, { changes }, []);

test('a batch is parsed into its changes', () => {
  assert.deepEqual(parse([{ create: { title: 'Ran' } }, { create: null, delete: { id: '5', version: 1 } }]), {
    value: {
      changes: [
        { kind: 'create', text: 'Ran' },
        { kind: 'delete', text: '5' },
      ],
    },
  });
});

test('a batch has the faults of all changes, in their order and each at its path', () => {
  const both = { create: { title: 'Ran' }, delete: { id: '7', version: 1 } };
  const repeated = { update: { id: '5', version: 1, input: { title: '' } } };
  const parsed = parse([{}, both, { delete: { id: '5', version: 1 } }, repeated, { create: { title: '' } }]);
  assert.ok('faults' in parsed);
  assert.deepEqual(
    parsed.faults.map(({ path, code }) => `${path.join('.')} ${code}`),
    [
      'changes.0 NOT_ONE',
      'changes.1 NOT_ONE',
      'changes.3.update.input.title TOO_SHORT',
      'changes.3.update.id REPEATED',
      'changes.4.create.title TOO_SHORT',
    ],
  );
  assert.deepEqual(
    parsed.faults.map(({ message }) => message),
    [
      'Send exactly one of `create`, `update` and `delete`.',
      'Send exactly one of `create`, `update` and `delete`.',
      'Send some text.',
      'Name it once.',
      'Send some text.',
    ],
  );
});

test('a batch has 1 to 100 changes', () => {
  for (const [count, code] of [
    [0, 'TOO_SHORT'],
    [101, 'TOO_LONG'],
  ] as const) {
    const parsed = parse(Array.from({ length: count }, () => ({ create: { title: 'Ran' } })));
    assert.deepEqual(parsed, { faults: [{ path: ['changes'], message: 'Send 1 to 100 changes.', code }] });
  }
});

test('the path of an argument leads into its change, where a creation is its input', () => {
  const changes = [{ kind: 'create' }, { kind: 'update' }] as const;
  assert.deepEqual(changePath(changes, 0, 'input', 'title'), ['changes', '0', 'create', 'title']);
  assert.deepEqual(changePath(changes, 0, 'movieId'), ['changes', '0', 'create', 'movieId']);
  assert.deepEqual(changePath(changes, 1, 'input', 'title'), ['changes', '1', 'update', 'input', 'title']);
  assert.deepEqual(changePath(changes, 1, 'version'), ['changes', '1', 'update', 'version']);
});

test('changes after more faults than a client is told are not parsed', () => {
  for (const each of [1, 7, 300]) {
    let parsed = 0;
    const faulty = z.object({ id: z.string() }).transform((_, context): Change => {
      parsed += 1;
      for (let count = 0; count < each; count++) context.addIssue({ code: 'custom', message: 'Send some text.' });
      return z.NEVER;
    });
    const faults = parseInput(
      changesSchema<Change>({ create: faulty, update: faulty, delete: faulty }, 'Name it once.'),
      Array.from({ length: 100 }, (_, index) => ({ update: { id: `${index}` } })),
      [],
    );
    assert.ok('faults' in faults);
    assert.equal(parsed, Math.min(Math.floor(100 / each) + 1, 100));
    assert.equal(faults.faults.length, Math.min(parsed * each, 101));
  }
});
