import type { Random } from '../fuzz/random.ts';

/** Values at any position of unchecked JSON. */
const ANYTHING: readonly (() => unknown)[] = [
  () => null,
  () => [],
  () => ({}),
  () => '',
  () => 'text',
  () => 7,
  () => -0.5,
  () => true,
  () => [[null]],
  () => [{}, [], 'x'],
  () => 2 ** 53,
  () => -1e21,
  () => 1.5,
  () => '7',
  () => 'HIDDEN',
  () => 'text'.repeat(5_000),
  () => ({ __typename: 'Nothing' }),
  () => ({ __typename: 5, id: {} }),
  () => ({ toString: 1, constructor: { prototype: null }, hasOwnProperty: 0 }),
  () => JSON.parse('{"__proto__":{"polluted":true},"id":"x"}'),
];

const KEYS = ['__proto__', 'constructor', 'toString', 'id', 'name', 'extra', '__typename', '_entities', 'length'];

/** Values that are no errors of GraphQL. */
const ODD_ERRORS: readonly unknown[] = [
  null,
  [],
  {},
  [null],
  ['no'],
  [{ message: 7, path: 'text' }],
  [{ message: 'no', path: ['_entities', 99, 'name'] }],
  [{ message: 'no', path: ['_entities', -1] }],
  [{ message: 'no', path: ['__proto__', 'constructor', null] }],
  [{ message: '', path: [], extensions: [] }],
  [{ message: 'no', extensions: { code: 5, serviceName: null, __proto__: null } }],
];

/** Changes some values of a correct response. */
export function corruptResponse(answer: unknown, random: Random): unknown {
  if (random.chance(0.05)) return { data: random.pick(ANYTHING)() };
  if (random.chance(0.05)) return { data: null, errors: random.pick(ANYTHING)() };
  if (random.chance(0.05)) return { data: null };
  if (random.chance(0.1)) return { ...(answer as object), errors: random.pick(ODD_ERRORS) };
  const corrupted = { answer };
  for (let count = 1 + random.below(3); count > 0; count--) {
    const places = placesIn(corrupted);
    const { holder, key } = random.pick(places.length > 1 ? places.slice(1) : places);
    change(holder, key, random);
  }
  return typeof corrupted.answer === 'object' && corrupted.answer !== null
    ? corrupted.answer
    : { data: corrupted.answer };
}

interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function placesIn(root: Record<string, unknown>): Place[] {
  const places: Place[] = [];
  const walk = (holder: Place['holder']) => {
    for (const [key, value] of Object.entries(holder)) {
      places.push({ holder, key });
      if (typeof value === 'object' && value !== null) walk(value as Place['holder']);
    }
  };
  walk(root);
  return places;
}

function change(holder: Place['holder'], key: string, random: Random): void {
  const value = (holder as Record<string, unknown>)[key];
  const set = (name: string, to: unknown) =>
    Object.defineProperty(holder, name, { value: to, writable: true, enumerable: true, configurable: true });
  if (random.chance(0.15) && Array.isArray(value)) {
    if (random.chance(0.5)) value.pop();
    else value.push(random.pick(ANYTHING)());
  } else if (random.chance(0.35) && !Array.isArray(holder)) {
    if (random.chance(0.5)) set(random.pick(KEYS), random.pick(ANYTHING)());
    else delete holder[key];
  } else {
    set(key, random.pick(ANYTHING)());
  }
}
