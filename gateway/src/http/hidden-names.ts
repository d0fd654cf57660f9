import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';

/** The parameters of a request, and the schema that it was validated against; empty until they are known. */
export interface RequestNames {
  schema?: GraphQLSchema;
  params?: { readonly query: string; readonly variables?: unknown };
  /** Names of the schema in the query and variables, computed once: a request may have thousands of messages. */
  names?: ReadonlySet<string>;
}

/** The replacement of a hidden name. */
const HIDDEN = '…';

/**
 * Replaces names of the schema that the client did not write: quoted ones, and those in coordinates and type
 * references. Others are ordinary words.
 *
 * @param message a shortened message
 */
export function hideNames(message: string, written: RequestNames): string {
  const { schema } = written;
  if (schema === undefined) return message;
  const names = namesOf(schema);
  return message.replace(/[_A-Za-z][_0-9A-Za-z]*/g, (word, start: number) => {
    if (!names.has(word) || !isName(message, start, start + word.length)) return word;
    written.names ??= wordsIn(`${written.params?.query} ${JSON.stringify(written.params?.variables)}`, names);
    return written.names.has(word) ? word : HIDDEN;
  });
}

const BEFORE_NAMES = new Set(['"', '`', '[', '.', '@', '$']);
const AFTER_NAMES = new Set(['"', '`', ']', '!']);

function isName(message: string, start: number, end: number): boolean {
  if (BEFORE_NAMES.has(message.charAt(start - 1)) || AFTER_NAMES.has(message.charAt(end))) return true;
  return (
    message.startsWith('type ', start - 5) || (message[end] === '.' && isWordCharacter(message.charCodeAt(end + 1)))
  );
}

/** Returns those of the names that are words of a text. */
function wordsIn(text: string, names: ReadonlySet<string>): Set<string> {
  const words = new Set<string>();
  let start = 0;
  for (let end = 0; end <= text.length; end++) {
    if (isWordCharacter(text.charCodeAt(end))) continue;
    const word = end > start ? text.slice(start, end) : '';
    if (names.has(word)) words.add(word);
    start = end + 1;
  }
  return words;
}

/** Returns true for a letter, a digit or an underscore; false for NaN, the code beyond the end of a text. */
function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

const namesBySchema = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Returns the names of types, fields, arguments and enum values. */
function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const existing = namesBySchema.get(schema);
  if (existing !== undefined) return existing;
  const names = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isSpecifiedScalarType(type) || type.name.startsWith('__')) continue;
    names.add(type.name);
    if (isEnumType(type)) for (const { name } of type.getValues()) names.add(name);
    if (isInputObjectType(type)) for (const name in type.getFields()) names.add(name);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const { name, args } of Object.values(type.getFields())) {
      names.add(name);
      for (const argument of args) names.add(argument.name);
    }
  }
  namesBySchema.set(schema, names);
  return names;
}
