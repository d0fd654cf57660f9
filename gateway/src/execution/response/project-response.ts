import {
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  SchemaMetaFieldDef,
  specifiedScalarTypes,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, type SelectionScope } from '../../graphql/collect-fields.ts';
import { integerText } from '../../graphql/exact-numbers.ts';
import { BAD_USER_INPUT } from '../../graphql/invalid-arguments.ts';
import type { NormalizedField, NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';
import { isObject, own, ownText } from '../../graphql/own-property.ts';
import { type DataKeys, dataKeyOf } from '../prepare-for-planner.ts';
import { jsonString, jsonText } from './json-string.ts';

/** Input of a projection from an execution, and its output beside the text. */
export interface ProjectionState {
  /** Values that do not fit the schema, and errors of arguments, which have a code. */
  readonly fieldErrors: FieldError[];
  /** Faults that clients are told; one more may be found, so that they are told that there are more. */
  readonly maxFieldErrors: number;
  /** Texts of objects that stand in several places; undefined while there are none. */
  readonly texts: Map<object, string>[] | undefined;
  /** JSON text of the introspection fields of the root, by response key. */
  readonly introspection: Readonly<Record<string, string>>;
  /** True when no string of the data needs an escape in JSON text. */
  readonly isPlain: boolean;
}

/** Something for which null stands at a path. */
export interface FieldError {
  readonly message: string;
  readonly path: (string | number)[];
  readonly code?: string | undefined;
}

/** JSON text of what the operation asks of the data, in its order; undefined when null has come up to the root. */
export type Projection = (data: Record<string, unknown>, state: ProjectionState) => string | undefined;

/** Source text of an expression's value, and how to complete it. */
type Complete = (value: string) => string;

/**
 * Compiles the selection of an operation into one function for each set of fields and type of object: it writes the answer straight
 * as JSON text, completing values as the GraphQL specification has it (section 6.4.3): null instead of what does not fit, and where null
 * does not fit, null in place of the nearest value above it that may be null.
 */
export function compileProjection(
  scope: SelectionScope,
  root: GraphQLCompositeType,
  selectionSet: NormalizedSelectionSet,
  dataKeys: DataKeys = new Map(),
): Projection {
  return new ProjectionCompiler(scope, dataKeys).compile(root, selectionSet);
}

/** The text of a string. */
const STRING = `(plain ? '"' + value + '"' : jsonString(value))`;

class ProjectionCompiler {
  readonly #scope: SelectionScope;
  readonly #dataKeys: DataKeys;
  readonly #functions: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #objects = new Map<string, string>();
  #memos = 0;

  constructor(scope: SelectionScope, dataKeys: DataKeys) {
    this.#scope = scope;
    this.#dataKeys = dataKeys;
  }

  compile(root: GraphQLCompositeType, selectionSet: NormalizedSelectionSet): Projection {
    const name = this.#object(root, [selectionSet], true);
    const source = `${this.#functions.join('\n')}\nreturn ${name};`;
    const names = ['own', 'isObject', 'jsonString', 'jsonText', 'integerText', 'fault', 'below', 'constants'];
    return new Function(...names, source)(
      own,
      isObject,
      jsonString,
      jsonText,
      integerText,
      fault,
      below,
      this.#constants,
    );
  }

  /** The name of a function that projects objects of a type. */
  #object(type: GraphQLCompositeType, selectionSets: readonly NormalizedSelectionSet[], isRoot = false): string {
    const name = `project${this.#functions.length}`;
    const place = this.#functions.push('') - 1;
    const undecided = this.#scope.invalidArguments?.ofSelections(this.#scope, type, selectionSets);
    if (undecided !== undefined) {
      const body = `${faultText(undecided, undefined, BAD_USER_INPUT)} return undefined;`;
      this.#functions[place] = functionText(name, 'object, state', body);
      return name;
    }
    const fields = [...collectFields(this.#scope, type, selectionSets)];
    const parts = fields.map(([key, nodes], index) => this.#field(type, key, nodes, index === 0 ? '' : ','));
    const memo = isRoot ? -1 : this.#memos++;
    const look = `const texts = state.texts && (state.texts[${memo}] ??= new Map());
      if (texts) { const known = texts.get(object); if (known !== undefined) return known; }
      const before = state.fieldErrors.length;`;
    const keep = `if (texts && state.fieldErrors.length === before) texts.set(object, text);`;
    this.#functions[place] = functionText(
      name,
      'object, state',
      `${isRoot ? '' : look}
      const plain = state.isPlain;
      let value, part, count, text = '{';
      ${parts.join('\n')}
      text += '}';
      ${isRoot ? '' : keep}
      return text;`,
    );
    return name;
  }

  #field(type: GraphQLCompositeType, key: string, nodes: readonly NormalizedField[], comma: string): string {
    const [node] = nodes as [NormalizedField, ...NormalizedField[]];
    const label = JSON.stringify(`${comma}${JSON.stringify(key)}:`);
    const field = node.name.value;
    if (field === '__typename') {
      // Of an object of which only an abstract type is known nobody can say what it is.
      return isObjectType(type)
        ? `text += ${JSON.stringify(`${comma}${JSON.stringify(key)}:${JSON.stringify(type.name)}`)};`
        : 'return undefined;';
    }
    if (field === SchemaMetaFieldDef.name || field === TypeMetaFieldDef.name) {
      return `text += ${label} + state.introspection[${JSON.stringify(key)}];`;
    }
    const definition = 'getFields' in type ? type.getFields()[field] : undefined;
    if (definition === undefined) return '';
    const permitted =
      this.#scope.unauthorized === undefined ? nodes : nodes.filter((one) => !this.#scope.unauthorized?.has(one));
    if (permitted.length === 0) {
      return isNonNullType(definition.type)
        ? 'return undefined;'
        : `text += ${JSON.stringify(`${comma}${JSON.stringify(key)}:null`)};`;
    }
    const invalid = this.#scope.invalidArguments?.ofField(type, node);
    if (invalid !== undefined) {
      const text = isNonNullType(definition.type) ? 'return undefined;' : `text += ${label} + 'null';`;
      return `${faultText(invalid, key, BAD_USER_INPUT)} ${text}`;
    }
    const selectionSets = permitted.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
    const place = `field ${type.name}.${field}`;
    return `value = ${ownText('object', dataKeyOf(this.#dataKeys, node))};
      ${this.#value(definition.type, selectionSets, key, place)}
      text += ${label} + part;`;
  }

  /** Statements that set `part` to the text of `value`, or return where null may not stand. Paths begin at `key`. */
  #value(
    type: GraphQLOutputType,
    selectionSets: readonly NormalizedSelectionSet[],
    key: string,
    place: string,
  ): string {
    const path = JSON.stringify(key);
    const isRequired = isNonNullType(type);
    const nullable = isRequired ? type.ofType : type;
    const missing = `Cannot return null for non-nullable ${place}.`;
    const onNull = isRequired
      ? `fault(state, ${JSON.stringify(missing)}, ${path}); return undefined;`
      : `part = 'null';`;
    const onFault = isRequired ? 'return undefined;' : `part = 'null';`;
    if (isLeafType(nullable)) {
      const [fast, slow] = this.#leaf(nullable);
      const wrong = wrongText(place, path, onFault);
      return `${fast} else if (value == null) { ${onNull} } else ${slow(wrong)}`;
    }
    const complete = this.#composite(nullable, selectionSets, place);
    return `if (value == null) { ${onNull} } else {
      count = state.fieldErrors.length;
      part = ${complete('value')};
      if (state.fieldErrors.length !== count) below(state, count, ${path});
      if (part === undefined) ${onFault}
    }`;
  }

  /** The usual case of a leaf as an `if`, and a statement for any other, given one for what is wrong. */
  #leaf(type: GraphQLLeafType): [fast: string, slow: (wrong: Wrong) => string] {
    const nothingElse = (wrong: Wrong) => wrong();
    if (isEnumType(type)) {
      const values = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
      const known = `constants[${this.#constants.push(values) - 1}]`;
      return [`if ((part = ${known}.get(value)) !== undefined) {}`, nothingElse];
    }
    if (!specifiedScalarTypes.some(({ name }) => name === type.name)) {
      return [
        `if (typeof value === 'string') part = ${STRING};`,
        (wrong) => `if ((part = jsonText(value)) === undefined) ${wrong('SUBGRAPH_BAD_RESPONSE')}`,
      ];
    }
    if (type.name === 'String') return [`if (typeof value === 'string') part = ${STRING};`, nothingElse];
    if (type.name === 'Boolean')
      return [`if (typeof value === 'boolean') part = value ? 'true' : 'false';`, nothingElse];
    if (type.name === 'Int') {
      // An object might not become a number at all.
      return [`if (typeof value === 'number' && value === (value | 0)) part = '' + value;`, nothingElse];
    }
    if (type.name === 'Float') return [`if (Number.isFinite(value)) part = '' + value;`, nothingElse];
    return [
      `if (typeof value === 'string') part = ${STRING};`,
      (wrong) => `if ((part = integerText(value)) === undefined) ${wrong()}`,
    ];
  }

  /** An expression of the text of a list or an object that is not null; undefined when null takes its place. */
  #composite(type: GraphQLOutputType, selectionSets: readonly NormalizedSelectionSet[], place: string): Complete {
    if (isListType(type)) {
      const name = this.#list(type.ofType, selectionSets, place);
      return (value) => `${name}(${value}, state)`;
    }
    const composite = getNamedType(type) as GraphQLCompositeType;
    const key = `${composite.name} ${selectionSets.map((set) => this.#idOf(set)).join(' ')}`;
    let name = this.#objects.get(key);
    if (name === undefined) {
      name = isAbstractType(composite)
        ? this.#abstract(composite, selectionSets, place)
        : this.#checked(this.#object(composite, selectionSets), place);
      this.#objects.set(key, name);
    }
    const found = name;
    return (value) => `${found}(${value}, state)`;
  }

  readonly #ids = new Map<NormalizedSelectionSet, number>();
  #idOf(selectionSet: NormalizedSelectionSet): number {
    const known = this.#ids.get(selectionSet) ?? this.#ids.size;
    this.#ids.set(selectionSet, known);
    return known;
  }

  /** A function that takes objects alone. */
  #checked(project: string, place: string): string {
    const name = `checked${this.#functions.length}`;
    const body = `if (isObject(value)) return ${project}(value, state);
      fault(state, ${JSON.stringify(`Invalid value found for ${place}.`)});
      return undefined;`;
    this.#functions.push(functionText(name, 'value, state', body));
    return name;
  }

  /** A function that projects an object by what it says that it is. */
  #abstract(type: GraphQLCompositeType, selectionSets: readonly NormalizedSelectionSet[], place: string): string {
    const name = `select${this.#functions.length}`;
    const slot = this.#functions.push('') - 1;
    const possible = isAbstractType(type) ? this.#scope.schema.getPossibleTypes(type) : [];
    const cases = possible.map(
      (object) => `case ${JSON.stringify(object.name)}: return ${this.#object(object, selectionSets)}(value, state);`,
    );
    const unknown = this.#isAlike(type, possible, selectionSets)
      ? `return ${this.#object(type, selectionSets)}(value, state);`
      : `fault(state, ${JSON.stringify(`Unknown type of object at ${place}.`)}); return undefined;`;
    const body = `if (!isObject(value)) { fault(state, ${JSON.stringify(`Invalid value found for ${place}.`)}); return undefined; }
      switch (value.__typename) {
        ${cases.join('\n')}
        case undefined: case null: case ${JSON.stringify(type.name)}: ${unknown}
        default: fault(state, ${JSON.stringify(`Invalid __typename found for object at ${place}.`)}); return undefined;
      }`;
    this.#functions[slot] = functionText(name, 'value, state', body);
    return name;
  }

  /** Returns true when the selections are the same for all types, so that the type need not be known. */
  #isAlike(
    type: GraphQLCompositeType,
    possible: readonly GraphQLObjectType[],
    selectionSets: readonly NormalizedSelectionSet[],
  ): boolean {
    const fieldsOf = (one: GraphQLCompositeType) => [...collectFields(this.#scope, one, selectionSets).values()].flat();
    const fields = fieldsOf(type);
    if (fields.some(({ name }) => name.value === TypeNameMetaFieldDef.name)) return false;
    return possible.every((one) => {
      const own = fieldsOf(one);
      return own.length === fields.length && own.every((node, index) => node === fields[index]);
    });
  }

  #list(type: GraphQLOutputType, selectionSets: readonly NormalizedSelectionSet[], place: string): string {
    const name = `list${this.#functions.length}`;
    const slot = this.#functions.push('') - 1;
    const isRequired = isNonNullType(type);
    const item = isRequired ? type.ofType : type;
    const missing = (description: string) => `\`Cannot return null for non-nullable ${description}.\``;
    const onNull = isRequired
      ? `fault(state, ${missing(`array element of type ${String(item)} at index \${index}`)}, index); return undefined;`
      : `part = 'null';`;
    const onFault = isRequired ? 'return undefined;' : `part = 'null';`;
    let complete: string;
    if (isLeafType(item)) {
      const [fast, slow] = this.#leaf(item);
      complete = `${fast} else if (value == null) { ${onNull} } else ${slow(wrongText(place, 'index', onFault))}`;
    } else {
      complete = `if (value == null) { ${onNull} } else {
        count = state.fieldErrors.length;
        part = ${this.#composite(item, selectionSets, place)('value')};
        if (state.fieldErrors.length !== count) below(state, count, index);
        if (part === undefined) { ${onFault} }
      }`;
    }
    const body = `if (!Array.isArray(list)) { fault(state, ${JSON.stringify(`Invalid value found for ${place}.`)}); return undefined; }
      const plain = state.isPlain;
      let value, part, count, text = '[';
      for (let index = 0; index < list.length; index++) {
        value = list[index];
        ${complete}
        text += index === 0 ? part : ',' + part;
      }
      return text + ']';`;
    this.#functions[slot] = functionText(name, 'list, state', body);
    return name;
  }
}

/** In parentheses, for V8 to compile it with what it stands in: parsed on its own when it is called, it would be parsed twice. */
const functionText = (name: string, parameters: string, body: string) =>
  `const ${name} = (function (${parameters}) { ${body} });`;

/** Notes what does not fit, at the place where it was found; who is above adds their part of the path. */
function fault(
  { fieldErrors, maxFieldErrors }: ProjectionState,
  message: string,
  key?: string | number,
  code?: string,
): void {
  if (fieldErrors.length <= maxFieldErrors) fieldErrors.push({ message, path: key === undefined ? [] : [key], code });
}

const faultText = (message: string, key: string | undefined, code: string) =>
  `fault(state, ${JSON.stringify(message)}, ${JSON.stringify(key)}, ${JSON.stringify(code)});`;

/** A statement for a value that does not fit, which is an error with a code where it has one. */
type Wrong = (code?: string) => string;

/** @param key an expression */
const wrongText =
  (place: string, key: string, onFault: string): Wrong =>
  (code) =>
    `{ fault(state, ${JSON.stringify(`Invalid value found for ${place}.`)}, ${code ? `${key}, ${JSON.stringify(code)}` : key}); ${onFault} }`;

/** Puts a key in front of the paths of the faults from `first` on. */
function below({ fieldErrors }: ProjectionState, first: number, key: string | number): void {
  for (let index = first; index < fieldErrors.length; index++) fieldErrors[index]?.path.unshift(key);
}
