import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { Random } from './random.ts';

/** An input value as JSON; enum values are text, as in variables. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

const INTEGERS = [0, 1, 2, 3, 5, 10, 20, 50, 100, 101, -1, 603, 1999, 2 ** 31 - 1, -(2 ** 31)];
const FLOATS = [0, 0.5, 7.25, 10, -1, 1e300, -1e-300, 603];
const STRINGS = [
  '',
  ' ',
  'matrix',
  'keanu reeves',
  'Writing',
  'US',
  'en',
  '千と千尋',
  'Amélie\u0301',
  '💥'.repeat(20),
  'a'.repeat(300),
  '\u0000',
  '\ud800',
  '"}) { id } #',
  "'; DROP TABLE movies; --",
  '%_\\',
  '..:*|&!()<->',
  '__proto__',
  'constructor',
  '{{7*7}}',
  '\n\r\t\u2028',
];
const IDS = ['603', '550', '6384', '28', '878', '', '0', '-1', '999999999', '1e3', '0x10', 'NaN', ...STRINGS];
const DATES = ['1999-03-31', '2024-02-30', '0000-00-00', '9999-12-31', 'yesterday', ''];

const SCALARS: Readonly<Record<string, (random: Random) => Value>> = {
  Int: (random) => random.pick(INTEGERS),
  Float: (random) => random.pick(FLOATS),
  Boolean: (random) => random.chance(0.5),
  String: (random) => random.pick(STRINGS),
  ID: (random) => (random.chance(0.1) ? random.pick(INTEGERS) : random.pick(IDS)),
  LocalDate: (random) => random.pick(DATES),
  DateTime: (random) => (random.chance(0.5) ? '2024-05-01T12:00:00.000Z' : random.pick(DATES)),
  SafeInt: (random) => random.pick([...INTEGERS, 2 ** 53 - 1, -(2 ** 53 - 1)]),
};

/** Returns a value of a type's form; dates, cursors and ids may be invalid. */
export function inputValue(type: GraphQLInputType, random: Random, depth = 0): Value {
  if (isNonNullType(type)) return nonNull(type.ofType, random, depth);
  return random.chance(0.1) ? null : nonNull(type, random, depth);
}

function nonNull(type: GraphQLInputType, random: Random, depth: number): Value {
  if (isListType(type))
    return Array.from({ length: random.below(4) }, () => inputValue(type.ofType, random, depth + 1));
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const field = random.pick(fields);
      return { [field.name]: nonNull(field.type, random, depth + 1) };
    }
    const given = fields.filter((field) => isRequiredInputField(field) || (depth < 3 && random.chance(0.3)));
    return Object.fromEntries(given.map((field) => [field.name, inputValue(field.type, random, depth + 1)]));
  }
  const make = 'name' in type ? SCALARS[type.name] : undefined;
  return make === undefined ? random.pick(STRINGS) : make(random);
}
