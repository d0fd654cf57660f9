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
import { type DataKeys, dataKeyOf } from '../workarounds/rename-response-keys.ts';
import { jsonString, jsonText } from './json-string.ts';

/** The input of a projection from its execution, and its output besides the text. */
export interface ProjectionState {
  /** Values that do not match the schema, and errors of arguments, which have a code. */
  readonly fieldErrors: FieldError[];
  /** Maximum number of errors for the client; one more is recorded to show that errors are omitted. */
  readonly maxFieldErrors: number;
  /** Texts of objects that may be at several paths; undefined when there are none. */
  readonly texts: Map<object, string>[] | undefined;
  /** JSON text of the introspection fields of the root, by response key. */
  readonly introspection: Readonly<Record<string, string>>;
  /** True when no string of the data needs an escape in JSON text. */
  readonly isPlain: boolean;
}

/** The reason for a null at a path. */
export interface FieldError {
  readonly message: string;
  readonly path: (string | number)[];
  readonly code?: string | undefined;
}

/** A function that writes the data as JSON text, in the order of the operation; undefined when null has propagated to the root. */
export type Projection = (data: Record<string, unknown>, state: ProjectionState) => string | undefined;

/** A function that returns an expression which completes the value of an expression. */
type Complete = (value: string) => string;

/**
 * Compiles a selection set into functions that write the result as JSON text, one for each selection set and object
 * type. They complete values by the GraphQL specification (section 6.4.3): a value that does not match its type becomes
 * null, and null propagates to the nearest nullable parent.
 */
export function compileProjection(
  scope: SelectionScope,
  root: GraphQLCompositeType,
  selectionSet: NormalizedSelectionSet,
  dataKeys: DataKeys = new Map(),
): Projection {
  return new ProjectionCompiler(scope, dataKeys).compile(root, selectionSet);
}

/** An expression for the text of a string. */
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
    const names = ['own', 'isObject', 'jsonString', 'jsonText', 'integerText', 'report', 'prefixPaths', 'constants'];
    return new Function(...names, source)(
      own,
      isObject,
      jsonString,
      jsonText,
      integerText,
      report,
      prefixPaths,
      this.#constants,
    );
  }

  /** Returns the name of a function that projects objects of a type. */
  #object(type: GraphQLCompositeType, selectionSets: readonly NormalizedSelectionSet[], isRoot = false): string {
    const name = `project${this.#functions.length}`;
    const slot = this.#functions.push('') - 1;
    const undecided = this.#scope.invalidArguments?.ofSelections(this.#scope, type, selectionSets);
    if (undecided !== undefined) {
      const body = `${reportStatement(undecided, undefined, BAD_USER_INPUT)} return undefined;`;
      this.#functions[slot] = functionText(name, 'object, state', body);
      return name;
    }
    const fields = [...collectFields(this.#scope, type, selectionSets)];
    const parts = fields.map(([key, nodes], index) => this.#field(type, key, nodes, index === 0 ? '' : ','));
    const memo = isRoot ? -1 : this.#memos++;
    const lookUp = `const texts = state.texts && (state.texts[${memo}] ??= new Map());
      if (texts) { const cached = texts.get(object); if (cached !== undefined) return cached; }
      const before = state.fieldErrors.length;`;
    const cache = `if (texts && state.fieldErrors.length === before) texts.set(object, text);`;
    this.#functions[slot] = functionText(
      name,
      'object, state',
      `${isRoot ? '' : lookUp}
      const plain = state.isPlain;
      let value, part, count, text = '{';
      ${parts.join('\n')}
      text += '}';
      ${isRoot ? '' : cache}
      return text;`,
    );
    return name;
  }

  #field(type: GraphQLCompositeType, key: string, nodes: readonly NormalizedField[], comma: string): string {
    const [node] = nodes as [NormalizedField, ...NormalizedField[]];
    const label = JSON.stringify(`${comma}${JSON.stringify(key)}:`);
    const field = node.name.value;
    if (field === '__typename') {
      // No subgraph returned the object type.
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
      this.#scope.unauthorized === undefined ? nodes : nodes.filter((other) => !this.#scope.unauthorized?.has(other));
    if (permitted.length === 0) {
      return isNonNullType(definition.type)
        ? 'return undefined;'
        : `text += ${JSON.stringify(`${comma}${JSON.stringify(key)}:null`)};`;
    }
    const invalid = this.#scope.invalidArguments?.ofField(type, node);
    if (invalid !== undefined) {
      const text = isNonNullType(definition.type) ? 'return undefined;' : `text += ${label} + 'null';`;
      return `${reportStatement(invalid, key, BAD_USER_INPUT)} ${text}`;
    }
    const selectionSets = permitted.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
    const coordinate = `${type.name}.${field}`;
    return `value = ${ownText('object', dataKeyOf(this.#dataKeys, node))};
      ${this.#value(definition.type, selectionSets, key, coordinate)}
      text += ${label} + part;`;
  }

  /** Returns statements that set `part` to the text of `value`, or return when null is not permitted. Error paths start with `key`. */
  #value(
    type: GraphQLOutputType,
    selectionSets: readonly NormalizedSelectionSet[],
    key: string,
    coordinate: string,
  ): string {
    const path = JSON.stringify(key);
    const isRequired = isNonNullType(type);
    const nullable = isRequired ? type.ofType : type;
    const missing = `Cannot return null for non-nullable field ${coordinate}.`;
    const onNull = isRequired
      ? `report(state, ${JSON.stringify(missing)}, ${path}); return undefined;`
      : `part = 'null';`;
    const onInvalid = isRequired ? 'return undefined;' : `part = 'null';`;
    if (isLeafType(nullable)) {
      const [fast, slow] = this.#leaf(nullable);
      const invalid = invalidStatement(coordinate, path, onInvalid);
      return `${fast} else if (value == null) { ${onNull} } else ${slow(invalid)}`;
    }
    const complete = this.#composite(nullable, selectionSets, coordinate);
    return `if (value == null) { ${onNull} } else {
      count = state.fieldErrors.length;
      part = ${complete('value')};
      if (state.fieldErrors.length !== count) prefixPaths(state, count, ${path});
      if (part === undefined) ${onInvalid}
    }`;
  }

  /** Returns an `if` for the usual values of a leaf, and a statement for all others. */
  #leaf(type: GraphQLLeafType): [fast: string, slow: (invalid: InvalidStatement) => string] {
    const alwaysInvalid = (invalid: InvalidStatement) => invalid();
    if (isEnumType(type)) {
      const values = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
      const texts = `constants[${this.#constants.push(values) - 1}]`;
      return [`if ((part = ${texts}.get(value)) !== undefined) {}`, alwaysInvalid];
    }
    if (!specifiedScalarTypes.some(({ name }) => name === type.name)) {
      return [
        `if (typeof value === 'string') part = ${STRING};`,
        (invalid) => `if ((part = jsonText(value)) === undefined) ${invalid('SUBGRAPH_BAD_RESPONSE')}`,
      ];
    }
    if (type.name === 'String') return [`if (typeof value === 'string') part = ${STRING};`, alwaysInvalid];
    if (type.name === 'Boolean')
      return [`if (typeof value === 'boolean') part = value ? 'true' : 'false';`, alwaysInvalid];
    if (type.name === 'Int') {
      // The check of the type comes first: converting an object to a number may throw.
      return [`if (typeof value === 'number' && value === (value | 0)) part = '' + value;`, alwaysInvalid];
    }
    if (type.name === 'Float') return [`if (Number.isFinite(value)) part = '' + value;`, alwaysInvalid];
    return [
      `if (typeof value === 'string') part = ${STRING};`,
      (invalid) => `if ((part = integerText(value)) === undefined) ${invalid()}`,
    ];
  }

  /** Returns the completion of a list or object that is not null; its value is undefined when null replaces it. */
  #composite(type: GraphQLOutputType, selectionSets: readonly NormalizedSelectionSet[], coordinate: string): Complete {
    if (isListType(type)) {
      const name = this.#list(type.ofType, selectionSets, coordinate);
      return (value) => `${name}(${value}, state)`;
    }
    const composite = getNamedType(type) as GraphQLCompositeType;
    const key = `${composite.name} ${selectionSets.map((set) => this.#idOf(set)).join(' ')}`;
    let name = this.#objects.get(key);
    if (name === undefined) {
      name = isAbstractType(composite)
        ? this.#abstract(composite, selectionSets, coordinate)
        : this.#checked(this.#object(composite, selectionSets), coordinate);
      this.#objects.set(key, name);
    }
    const project = name;
    return (value) => `${project}(${value}, state)`;
  }

  readonly #ids = new Map<NormalizedSelectionSet, number>();
  #idOf(selectionSet: NormalizedSelectionSet): number {
    const id = this.#ids.get(selectionSet) ?? this.#ids.size;
    this.#ids.set(selectionSet, id);
    return id;
  }

  /** Returns the name of a function that projects objects and reports other values. */
  #checked(project: string, coordinate: string): string {
    const name = `checked${this.#functions.length}`;
    const body = `if (isObject(value)) return ${project}(value, state);
      report(state, ${JSON.stringify(`Invalid value found for field ${coordinate}.`)});
      return undefined;`;
    this.#functions.push(functionText(name, 'value, state', body));
    return name;
  }

  /** Returns the name of a function that projects an object by its `__typename`. */
  #abstract(type: GraphQLCompositeType, selectionSets: readonly NormalizedSelectionSet[], coordinate: string): string {
    const name = `select${this.#functions.length}`;
    const slot = this.#functions.push('') - 1;
    const possible = isAbstractType(type) ? this.#scope.schema.getPossibleTypes(type) : [];
    const existence = this.#scope.existenceFields?.get(coordinate);
    const cases = possible.map((object) => {
      const field = existence?.get(object.name);
      const check = field === undefined ? '' : `if (${ownText('value', field)} == null) return undefined;`;
      return `case ${JSON.stringify(object.name)}: ${check} return ${this.#object(object, selectionSets)}(value, state);`;
    });
    const unknown = this.#isTypeIrrelevant(type, possible, selectionSets)
      ? `return ${this.#object(type, selectionSets)}(value, state);`
      : `report(state, ${JSON.stringify(`Unknown type of object at field ${coordinate}.`)}); return undefined;`;
    const body = `if (!isObject(value)) { report(state, ${JSON.stringify(`Invalid value found for field ${coordinate}.`)}); return undefined; }
      switch (value.__typename) {
        ${cases.join('\n')}
        case undefined: case null: case ${JSON.stringify(type.name)}: ${unknown}
        default: report(state, ${JSON.stringify(`Invalid __typename found for object at field ${coordinate}.`)}); return undefined;
      }`;
    this.#functions[slot] = functionText(name, 'value, state', body);
    return name;
  }

  /** Returns true when the same fields are selected for all object types. */
  #isTypeIrrelevant(
    type: GraphQLCompositeType,
    possible: readonly GraphQLObjectType[],
    selectionSets: readonly NormalizedSelectionSet[],
  ): boolean {
    const fieldsOf = (parent: GraphQLCompositeType) =>
      [...collectFields(this.#scope, parent, selectionSets).values()].flat();
    const fields = fieldsOf(type);
    if (fields.some(({ name }) => name.value === TypeNameMetaFieldDef.name)) return false;
    return possible.every((object) => {
      const selected = fieldsOf(object);
      return selected.length === fields.length && selected.every((node, index) => node === fields[index]);
    });
  }

  /** Returns the name of a function that projects a list. */
  #list(type: GraphQLOutputType, selectionSets: readonly NormalizedSelectionSet[], coordinate: string): string {
    const name = `list${this.#functions.length}`;
    const slot = this.#functions.push('') - 1;
    const isRequired = isNonNullType(type);
    const item = isRequired ? type.ofType : type;
    const missing = (description: string) => `\`Cannot return null for non-nullable ${description}.\``;
    const onNull = isRequired
      ? `report(state, ${missing(`array element of type ${String(item)} at index \${index}`)}, index); return undefined;`
      : `part = 'null';`;
    const onInvalid = isRequired ? 'return undefined;' : `part = 'null';`;
    let complete: string;
    if (isLeafType(item)) {
      const [fast, slow] = this.#leaf(item);
      complete = `${fast} else if (value == null) { ${onNull} } else ${slow(invalidStatement(coordinate, 'index', onInvalid))}`;
    } else {
      complete = `if (value == null) { ${onNull} } else {
        count = state.fieldErrors.length;
        part = ${this.#composite(item, selectionSets, coordinate)('value')};
        if (state.fieldErrors.length !== count) prefixPaths(state, count, index);
        if (part === undefined) { ${onInvalid} }
      }`;
    }
    const body = `if (!Array.isArray(list)) { report(state, ${JSON.stringify(`Invalid value found for field ${coordinate}.`)}); return undefined; }
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

/** Returns a function in parentheses: V8 compiles it with the code around it, and does not parse it again at its first call. */
const functionText = (name: string, parameters: string, body: string) =>
  `const ${name} = (function (${parameters}) { ${body} });`;

/** Records an error with the last key of its path; callers add the keys before it by {@link prefixPaths}. */
function report(
  { fieldErrors, maxFieldErrors }: ProjectionState,
  message: string,
  key?: string | number,
  code?: string,
): void {
  if (fieldErrors.length <= maxFieldErrors) fieldErrors.push({ message, path: key === undefined ? [] : [key], code });
}

const reportStatement = (message: string, key: string | undefined, code: string) =>
  `report(state, ${JSON.stringify(message)}, ${JSON.stringify(key)}, ${JSON.stringify(code)});`;

/** A function that returns a statement for an invalid value, with the code of its error if it has one. */
type InvalidStatement = (code?: string) => string;

/** @param key an expression */
const invalidStatement =
  (coordinate: string, key: string, onInvalid: string): InvalidStatement =>
  (code) =>
    `{ report(state, ${JSON.stringify(`Invalid value found for field ${coordinate}.`)}, ${code ? `${key}, ${JSON.stringify(code)}` : key}); ${onInvalid} }`;

/** Adds a key in front of the paths of the errors from index `first` on. */
function prefixPaths({ fieldErrors }: ProjectionState, first: number, key: string | number): void {
  for (let index = first; index < fieldErrors.length; index++) fieldErrors[index]?.path.unshift(key);
}
