import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';

/** The names that a request wrote, and the schema that it was checked against; nothing before they are known. */
export interface WrittenNames {
  schema?: GraphQLSchema;
  query?: string;
  variables?: unknown;
}

/** Stands for a name. */
const HIDDEN = '…';

/**
 * A message without the names of the schema that the client did not write: those that stand as names do (quoted, in a coordinate, in a type
 * reference), since others are words.
 *
 * @param message one that is cut to a length
 */
export function hideNames(message: string, written: WrittenNames): string {
  const { schema } = written;
  if (schema === undefined) return message;
  const names = namesOf(schema);
  let text: string | undefined;
  return message.replace(/[_A-Za-z][_0-9A-Za-z]*/g, (word, start: number) => {
    if (!names.has(word) || !standsAsName(message, start, start + word.length)) return word;
    text ??= `${written.query} ${JSON.stringify(written.variables)}`;
    return holdsWord(text, word) ? word : HIDDEN;
  });
}

const BEFORE_NAMES = new Set(['"', '`', '[', '.', '@', '$']);
const AFTER_NAMES = new Set(['"', '`', ']', '!']);

function standsAsName(message: string, start: number, end: number): boolean {
  if (BEFORE_NAMES.has(message.charAt(start - 1)) || AFTER_NAMES.has(message.charAt(end))) return true;
  return (
    message.startsWith('type ', start - 5) || (message[end] === '.' && isWordCharacter(message.charCodeAt(end + 1)))
  );
}

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    if (!isWordCharacter(text.charCodeAt(at - 1)) && !isWordCharacter(text.charCodeAt(at + word.length))) return true;
  }
  return false;
}

/** A letter, a digit or an underscore; false for NaN, which is beyond a text. */
function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

const known = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** Names of types, fields, arguments and values of enums. */
function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const existing = known.get(schema);
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
  known.set(schema, names);
  return names;
}
