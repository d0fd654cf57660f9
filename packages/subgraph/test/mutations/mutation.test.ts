import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { SelectionInfo } from '../../src/execution/selected-facts.ts';
import { changePath } from '../../src/mutations/changes.ts';
import { mutationBuilder, onlyOf } from '../../src/mutations/mutation.ts';
import type { KeyReused, MutationCall, NotFound, Outcome } from '../../src/mutations/outcome.ts';
import { KEY_REUSED, notFound, refusedEntity } from '../../src/mutations/refusal.ts';

type Result = Outcome<readonly string[], NotFound | KeyReused>;

/** A context whose use case returns `outcome`, and the calls that it received. */
function contextOf(outcome: Result, identity: { subject: string; scopes: string[] } | undefined) {
  const calls: MutationCall[] = [];
  return {
    identity,
    calls,
    loaders: 'old' as unknown,
    createLoaders: () => 'new',
    async write(call: MutationCall): Promise<Result> {
      calls.push(call);
      return outcome;
    },
  };
}

const EDITOR = { subject: 'editor', scopes: [] };
const mutation = mutationBuilder<ReturnType<typeof contextOf>, NotFound>((why, pathOf) =>
  refusedEntity('note', why, pathOf),
);

const schema = z.object({ title: z.string().min(1, { error: 'Send some text.' }) });

const createNote = mutation('createNote', {
  schema,
  act: async (context, _, call) => onlyOf(await context.write(call)),
  result: ({ loaders }, id, { call }) => ({ __typename: 'Note', id, loaders, subject: call.subject }),
});

const changeNotes = mutation('changeNotes', {
  schema,
  act: (context, _, call) => context.write(call),
  pathOf: (_, ...argument) => changePath([{ kind: 'delete' }], ...argument),
  result: (_, done) => ({ done }),
});

const info = {} as SelectionInfo;

test('a mutation is executed with its key, and its result read with new loaders', async () => {
  const context = contextOf({ done: ['5'] }, EDITOR);
  assert.deepEqual(await createNote(null, { title: 'a', idempotencyKey: 'key' }, context, info), {
    __typename: 'Note',
    id: '5',
    loaders: 'new',
    subject: 'editor',
  });
  const call = { subject: 'editor', mutation: 'createNote', idempotencyKey: 'key', request: { title: 'a' } };
  assert.deepEqual(context.calls, [call]);
});

test('all faults of the arguments and of the key are one refusal, and nothing is executed', async () => {
  const context = contextOf({ done: ['5'] }, EDITOR);
  const refused = (await createNote(null, { title: '', idempotencyKey: '\n' }, context, info)) as {
    faults: { path: string[]; code: string }[];
  };
  assert.deepEqual(
    refused.faults.map(({ path, code }) => `${path.join('.')} ${code}`),
    ['title TOO_SHORT', 'idempotencyKey INVALID_IDEMPOTENCY_KEY'],
  );
  assert.deepEqual(context.calls, []);
});

test('a refusal names the path of the argument at fault, and leaves the loaders', async () => {
  const context = contextOf({ refused: { kind: 'notFound', index: 0, id: '7' } }, EDITOR);
  assert.deepEqual(await createNote(null, { title: 'a' }, context, info), notFound('note', '7', ['id']));
  const path = ['changes', '0', 'delete', 'id'];
  assert.deepEqual(await changeNotes(null, { title: 'a' }, context, info), notFound('note', '7', path));
  assert.equal(context.loaders, 'old');
});

test('a key that came with another call is refused', async () => {
  const context = contextOf({ refused: { kind: 'keyReused' } }, EDITOR);
  assert.equal(await createNote(null, { title: 'a', idempotencyKey: 'key' }, context, info), KEY_REUSED);
});

test('a mutation without a token is an error: its field lacks a scope', async () => {
  const context = contextOf({ done: ['5'] }, undefined);
  await assert.rejects(createNote(null, { title: 'a' }, context, info), /without a token/);
  assert.deepEqual(context.calls, []);
});
