import fc from 'fast-check';
import type { Operation } from './operation.ts';

/** A request body of any JSON. */
export type Body = string;

const JUNK = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '!',
  '$',
  '@',
  '...',
  ':',
  '"',
  '"""',
  '#',
  '|',
  '&',
  '=',
  '\u0000',
  '\ufeff',
  '💥',
  '\\u{110000}',
  '0x1F',
  '1e',
  '-',
  '00',
  'null',
  'fragment',
  'query',
  'mutation',
  'subscription',
  '__typename',
  '__schema { types { name } }',
  '_entities(representations: []) { __typename }',
  '_service { sdl }',
];
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'nothing',
  '__type',
  '_entities',
  'é',
  'a'.repeat(2_000),
];
const WRONG: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  1e20,
  '',
  'x',
  [],
  [[]],
  {},
  { __proto__: 1 },
  { id: {} },
  ['a', null],
  '\u0000',
  2 ** 60,
];

/** Request bodies of a broken operation. */
type Break = (operation: Operation) => fc.Arbitrary<Body>;

const text = (query: string, variables: unknown) => JSON.stringify({ query, variables });

const junk = fc.constantFrom(...JUNK);
const wrong = fc.constantFrom(...WRONG);

/** Changes that each break an operation. */
const BREAKS: readonly Break[] = [
  ({ query, variables }) => cut(query).map((broken) => text(broken, variables)),
  ({ query, variables }) => insert(query, junk).map((broken) => text(broken, variables)),
  ({ query, variables }) => {
    const repeated = fc.tuple(junk, fc.integer({ min: 1, max: 200 })).map(([unit, times]) => unit.repeat(times));
    return insert(query, repeated).map((broken) => text(broken, variables));
  },
  ({ query, variables }) => rename(query).map((broken) => text(broken, variables)),
  ({ query, variables }) => swap(query).map((broken) => text(broken, variables)),
  ({ query, variables }) => fc.constant(text(`${query} ${query}`, variables)),
  ({ variables }) =>
    fc
      .tuple(fc.constantFrom('{ a', '(a: [', '(a: {b: ', '... {'), fc.integer({ min: 1, max: 3_000 }))
      .map(([opening, times]) => text(`{ movie(id: "603") ${opening.repeat(times)}`, variables)),
  ({ query, variables }) =>
    fc
      .tuple(...Object.keys(variables).map((name) => fc.tuple(fc.constant(name), wrong)))
      .map((changed) => text(query, Object.fromEntries(changed))),
  ({ query }) => wrong.map((variables) => text(query, variables)),
  ({ query }) => fc.constantFrom(...NAMES, ...WRONG).map((operationName) => JSON.stringify({ query, operationName })),
  ({ query }) =>
    fc
      .oneof(
        wrong,
        wrong.map((persistedQuery) => ({ persistedQuery })),
        wrong.map((sha256Hash) => ({ persistedQuery: { version: 1, sha256Hash } })),
      )
      .map((extensions) => JSON.stringify({ query, extensions })),
  () => wrong.map((query) => JSON.stringify({ query })),
  () => wrong.map((body) => JSON.stringify(body)),
  ({ query, variables }) => cut(text(query, variables)),
  ({ query, variables }) => insert(text(query, variables), junk),
  ({ query, variables }) =>
    fc.constant(
      JSON.stringify([
        { query, variables },
        { query, variables },
      ]),
    ),
];

/** Returns an arbitrary of bodies of an operation that is broken in one way. Some stay valid. */
export function brokenBodies(operation: Operation): fc.Arbitrary<Body> {
  return fc.oneof(...BREAKS.map((broken) => broken(operation)));
}

function cut(whole: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 12 }))
    .map(([from, count]) => whole.slice(0, from) + whole.slice(from + count));
}

function insert(whole: string, inserted: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(whole.length - 1), inserted).map(([at, part]) => whole.slice(0, at) + part + whole.slice(at));
}

/** Replaces one name in a document. */
function rename(query: string): fc.Arbitrary<string> {
  const names = [...query.matchAll(/[A-Za-z_]\w*/g)];
  return fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...NAMES))
    .map(([{ index, 0: old }, name]) => query.slice(0, index) + name + query.slice(index + old.length));
}

function swap(query: string): fc.Arbitrary<string> {
  const words = query.split(/(\s+)/);
  const place = fc.nat(words.length - 1);
  return fc.tuple(place, place).map(([left, right]) => {
    const swapped = [...words];
    [swapped[left], swapped[right]] = [words[right] ?? '', words[left] ?? ''];
    return swapped.join('');
  });
}
