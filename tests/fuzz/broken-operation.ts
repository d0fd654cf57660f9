import type { Random } from './random.ts';
import type { Operation } from './valid-operation.ts';

/** A request body that may be anything at all. */
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

type Break = (operation: Operation, random: Random) => Body;

const text = (query: string, { variables }: Operation) => JSON.stringify({ query, variables });

/** Ways to break an operation, each by itself enough. */
const BREAKS: readonly Break[] = [
  (operation, random) => text(cut(operation.query, random), operation),
  (operation, random) => text(put(operation.query, random.pick(JUNK), random), operation),
  (operation, random) => text(put(operation.query, random.pick(JUNK).repeat(1 + random.below(200)), random), operation),
  (operation, random) => text(rename(operation.query, random), operation),
  (operation, random) => text(swap(operation.query, random), operation),
  (operation) => text(`${operation.query} ${operation.query}`, operation),
  (operation, random) =>
    text(nest(random.pick(['{ a', '(a: [', '(a: {b: ', '... {']), 1 + random.below(3_000)), operation),
  ({ query, variables }, random) => {
    const changed = Object.fromEntries(Object.keys(variables).map((key) => [key, random.pick(WRONG)]));
    return JSON.stringify({ query, variables: changed });
  },
  ({ query }, random) => JSON.stringify({ query, variables: random.pick(WRONG) }),
  ({ query }, random) => JSON.stringify({ query, operationName: random.pick([...NAMES, ...WRONG]) }),
  ({ query }, random) =>
    JSON.stringify({
      query,
      extensions: random.pick([
        ...WRONG,
        { persistedQuery: random.pick(WRONG) },
        { persistedQuery: { version: 1, sha256Hash: random.pick(WRONG) } },
      ]),
    }),
  (_operation, random) => JSON.stringify({ query: random.pick(WRONG) }),
  (_operation, random) => JSON.stringify(random.pick(WRONG)),
  (operation, random) => cut(text(operation.query, operation), random),
  (operation, random) => put(text(operation.query, operation), random.pick(JUNK), random),
  (operation) => JSON.stringify([operation, operation]),
];

/** A valid operation broken in one random way. Some breaks leave it valid: that is for the server to tell. */
export function brokenBody(operation: Operation, random: Random): Body {
  return random.pick(BREAKS)(operation, random);
}

function cut(query: string, random: Random): string {
  const from = random.below(query.length);
  return query.slice(0, from) + query.slice(from + 1 + random.below(12));
}

function put(query: string, what: string, random: Random): string {
  const at = random.below(query.length);
  return query.slice(0, at) + what + query.slice(at);
}

/** Gives one of the names in a document another one. */
function rename(query: string, random: Random): string {
  const names = [...query.matchAll(/[A-Za-z_]\w*/g)];
  const { index = 0, 0: old = '' } = random.pick(names);
  return query.slice(0, index) + random.pick(NAMES) + query.slice(index + old.length);
}

function swap(query: string, random: Random): string {
  const words = query.split(/(\s+)/);
  const [one, other] = [random.below(words.length), random.below(words.length)];
  [words[one], words[other]] = [words[other] ?? '', words[one] ?? ''];
  return words.join('');
}

function nest(opening: string, times: number): string {
  return `{ movie(id: "603") ${opening.repeat(times)}`;
}
