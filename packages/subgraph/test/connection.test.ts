import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { Ordering } from '@marquee/subgraph/cursor';

const ordering: Ordering = { name: 'NUMBER_ASC', keys: ['integer'] };
const numbers = [1, 2, 3, 4, 5, 6, 7];

/** The list as a keyset query would read it. */
function read(args: PageArgs) {
  const page = parsePageArgs(args, { ordering, defaultSize: 3, maxSize: 5 });
  const key = page.cursor?.[0] as number | undefined;
  const rows = page.backward
    ? numbers.toReversed().filter((number) => key === undefined || number < key)
    : numbers.filter((number) => key === undefined || number > key);
  return toConnection(
    rows.slice(0, page.limit),
    page,
    (number) => [number],
    async () => numbers.length,
  );
}
const nodes = (args: PageArgs) => read(args).edges.map((edge) => edge.node);
const refuses = (args: PageArgs, message: RegExp) =>
  assert.throws(
    () => read(args),
    (error: Error & { extensions?: { code?: string } }) =>
      error.extensions?.code === 'BAD_USER_INPUT' && message.test(error.message),
  );

describe('connection', () => {
  it('walks forward to the end and sees every row once', () => {
    const seen: number[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const connection = read({ first: 3, after });
      assert.equal(connection.pageInfo.hasPreviousPage, after !== null);
      seen.push(...connection.edges.map((edge) => edge.node));
      after = connection.pageInfo.hasNextPage ? connection.pageInfo.endCursor() : null;
      pages += 1;
    } while (after !== null);
    assert.deepEqual(seen, numbers);
    assert.equal(pages, 3);
  });

  it('walks backward to the start, each page in the order of the list', () => {
    const pages: number[][] = [];
    let before: string | null = null;
    do {
      const connection = read({ last: 3, before });
      assert.equal(connection.pageInfo.hasNextPage, before !== null);
      pages.push(connection.edges.map((edge) => edge.node));
      before = connection.pageInfo.hasPreviousPage ? connection.pageInfo.startCursor() : null;
    } while (before !== null);
    assert.deepEqual(pages, [[5, 6, 7], [2, 3, 4], [1]]);
  });

  it('takes the default size, and the direction from the cursor', () => {
    assert.deepEqual(nodes({}), [1, 2, 3]);
    assert.deepEqual(nodes({ first: null, after: null, last: null, before: null }), [1, 2, 3]);
    const third = read({ first: 3 }).pageInfo.endCursor();
    assert.deepEqual(nodes({ after: third }), [4, 5, 6]);
    assert.deepEqual(nodes({ before: third }), [1, 2]);
  });

  it('has an empty page that still says whether there is more', () => {
    const connection = read({ first: 0 });
    assert.deepEqual(connection.edges, []);
    assert.equal(connection.pageInfo.hasNextPage, true);
    assert.equal(connection.pageInfo.startCursor(), null);
    assert.equal(connection.pageInfo.endCursor(), null);
  });

  it('asks for the total only when it is selected', async () => {
    let asked = 0;
    const page = parsePageArgs({}, { ordering });
    const connection = toConnection(
      [1],
      page,
      (number) => [number],
      async () => ++asked,
    );
    assert.equal(asked, 0);
    assert.equal(await connection.totalCount(), 1);
  });

  it('lets an edge carry more than its node', () => {
    const page = parsePageArgs({}, { ordering });
    const connection = toConnection(
      [{ id: 1, score: 8.5 }],
      page,
      (row) => [row.id],
      async () => 1,
      ({ id, score }) => ({ score, node: { id } }),
    );
    assert.deepEqual(
      connection.edges.map(({ score, node }) => ({ score, node })),
      [{ score: 8.5, node: { id: 1 } }],
    );
  });

  it('refuses arguments that contradict one another or the limits, and says what to pass', () => {
    const cursor = read({ first: 1 }).pageInfo.endCursor();
    refuses({ first: 1, last: 1 }, /either `first`/);
    refuses({ after: cursor, before: cursor }, /either `after`/);
    refuses({ first: 1, before: cursor }, /pass it with `last`/);
    refuses({ last: 1, after: cursor }, /pass it with `first`/);
    refuses({ first: -1 }, /`first` must not be negative/);
    refuses({ last: -1 }, /`last` must not be negative/);
    refuses({ first: 6 }, /`first` must be at most 5/);
    refuses({ last: 6 }, /`last` must be at most 5/);
    refuses({ first: 1, after: 'x' }, /`after` is not a cursor/);
    refuses({ last: 1, before: 'x' }, /`before` is not a cursor/);
  });
});
