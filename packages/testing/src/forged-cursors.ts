import assert from 'node:assert/strict';
import type { Answer } from './subgraph-process.ts';

/** Values that no sort key has, or that its type in Postgres cannot store. */
const VALUES: readonly unknown[] = [
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 63,
  -(2 ** 63),
  1e308,
  5e-324,
  1.5,
  '1e400',
  'NaN',
  '0000-01-01',
  '0000-12-31T00:00:00Z',
  '2023-02-29',
  '1900-02-29T10:00:00.000Z',
  '2024-04-31T23:59:59Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T10:00:00+99:00',
  '10000-01-01',
  '-0001-01-01',
  'today',
  'a\0b',
  '\ud800',
  'x'.repeat(5_000),
  '',
  null,
  true,
  [1],
  { a: 1 },
];

/** JSON that `JSON.stringify` does not produce: numbers that are no doubles, repetition, depth. */
const RAW_VALUES = [
  '1e400',
  '-1e400',
  '9223372036854775808',
  `${'9'.repeat(400)}`,
  `${'['.repeat(900)}${']'.repeat(900)}`,
];

const encode = (json: string) => Buffer.from(json).toString('base64url');

/** Returns forgeries of a cursor: each sort key replaced with each value, keys missing, added and cut off. */
export function forgedCursors(cursor: string): readonly string[] {
  const real = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  const forged = [cursor.slice(0, -2), `${cursor}A`, encode('null'), encode('{}'), encode('[]'), encode('"'), ''];
  forged.push(encode(JSON.stringify(real.slice(0, -1))), encode(JSON.stringify([...real, 1])));
  for (let place = 0; place < real.length; place++) {
    for (const value of VALUES) forged.push(encode(JSON.stringify(real.with(place, value))));
    const [before, after] = JSON.stringify(real.with(place, '@@')).split('"@@"');
    for (const raw of RAW_VALUES) forged.push(encode(`${before}${raw}${after}`));
  }
  return forged;
}

/**
 * Sends every forgery of a list's cursors. Each is refused as the client's mistake, or is a valid cursor of the list.
 *
 * @param list a query of the connection, with `ARGS` among the arguments of its field
 */
export async function assertForgedCursorsAreRefused(
  ask: (query: string, variables?: object) => Promise<Answer>,
  list: { readonly query: string; readonly path: readonly string[] },
): Promise<void> {
  const connection = ({ data }: Answer) => list.path.reduce((value, key) => value?.[key], data);
  const [first, more] = ['first: 1', 'first: 1, after: $cursor'].map((args) => list.query.replace('ARGS', args));
  const cursor = connection(await ask(`{ ${first} }`))?.edges[0]?.cursor;
  assert.ok(typeof cursor === 'string', `${first} has an edge`);
  let refused = 0;
  for (const forged of forgedCursors(cursor)) {
    const answer = await ask(`query ($cursor: String) { ${more} }`, { cursor: forged });
    const codes = answer.errors?.map(({ extensions }) => extensions.code) ?? [];
    const text = Buffer.from(forged, 'base64url').toString().slice(0, 100);
    assert.ok(
      codes.every((code) => code === 'BAD_USER_INPUT'),
      `${list.path.join('.')} ${text}: ${JSON.stringify(answer.errors)}`,
    );
    refused += codes.length;
  }
  assert.ok(refused >= 40, `${list.path.join('.')} refused ${refused}`);
}
