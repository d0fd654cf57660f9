import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import {
  defaultTypeResolver,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  locatedError,
  type OperationDefinitionNode,
} from 'graphql';
import { fieldArguments } from './arguments.ts';
import { drop, infoPathTo, isDropped, type Place, pathTo } from './place.ts';
import type { FieldPlan, Position, SelectionPlan } from './plan.ts';

/** Input of an execution. */
export interface RunInput {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly operation: OperationDefinitionNode;
  readonly context: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Source of the root fields: the event of a subscription, nothing otherwise. */
  readonly rootValue?: unknown;
}

/** Result of an execution; errors first, for the reader. */
export interface Answer {
  readonly errors?: readonly GraphQLError[];
  readonly data: unknown;
}

/** One execution of an operation. */
interface Run extends RunInput {
  readonly errors: GraphQLError[];
  /** Arguments that depend on variables, the same for every object with the field. */
  readonly args: Map<FieldPlan, Record<string, unknown>>;
  /** Number of pending values. */
  pending: number;
  /** Called when no value is pending. */
  onIdle: (() => void) | undefined;
}

/**
 * Executes an operation by its plan, with the results of the specification's section 6 and of graphql-js. Values are written into the
 * response at their position as soon as they are resolved; only promises are awaited.
 */
export async function runOperation(input: RunInput, plan: SelectionPlan): Promise<Answer> {
  const run = newRun(input);
  const answer = { data: null as unknown };
  const data = plan.create();
  const root = rootPlace(answer);
  answer.data = data;
  if (input.operation.operation === 'mutation') {
    for (const field of plan.fields) {
      runField(run, field, input.rootValue, data, root);
      await idle(run);
      // As in graphql-js: the error that makes all data null comes last.
      if (root.dropped) break;
    }
  } else {
    for (const field of plan.fields) runField(run, field, input.rootValue, data, root);
    await idle(run);
  }
  return run.errors.length === 0 ? answer : { errors: run.errors, data: answer.data };
}

/**
 * Calls the `subscribe` resolver of a subscription's root field, as the specification's `CreateSourceEventStream` does (section 6.2.3.1).
 *
 * @returns its result, or its error
 */
export async function subscribeToSource(
  input: RunInput,
  plan: SelectionPlan,
): Promise<{ readonly source: unknown } | { readonly errors: readonly GraphQLError[] }> {
  const run = newRun(input);
  const root = rootPlace({});
  const [field] = plan.fields;
  if (field === undefined) {
    const message = 'The subscription selects no field: `@skip` and `@include` leave none.';
    return { errors: [new GraphQLError(message, { nodes: input.operation, extensions: { code: 'BAD_USER_INPUT' } })] };
  }
  const { subscribe } = field.definition;
  try {
    if (subscribe === undefined) throw new Error(`${field.parentType.name}.${field.definition.name} cannot subscribe.`);
    const info = new ResolveInfo(run, field, root);
    return { source: await subscribe(undefined, argumentsOf(run, field), run.context, info) };
  } catch (error) {
    return { errors: [locatedError(error, field.nodes, pathTo(root, field.key))] };
  }
}

function newRun(input: RunInput): Run {
  return { ...input, errors: [], args: new Map(), pending: 0, onIdle: undefined };
}

function rootPlace(answer: object): Place {
  const container = answer as Container;
  return { parent: undefined, container, key: 'data', field: undefined, nullable: true, dropped: false };
}

function idle(run: Run): Promise<void> | undefined {
  if (run.pending === 0) return undefined;
  return new Promise((resolve) => {
    run.onIdle = resolve;
  });
}

function runField(run: Run, field: FieldPlan, source: unknown, data: Record<string, unknown>, place: Place): void {
  const { key, position } = field;
  try {
    const value =
      field.resolve === undefined
        ? readProperty(run, field, source, place)
        : field.resolve(source, argumentsOf(run, field), run.context, new ResolveInfo(run, field, place));
    settle(run, field, position, data, key, place, value);
  } catch (error) {
    fail(run, field, position, data, key, place, error);
  }
}

/**
 * Reads the property of the field's name, as graphql-js's `defaultFieldResolver` does.
 *
 * @throws Error for a missing property, for which graphql-js returns null
 */
function readProperty(run: Run, field: FieldPlan, source: unknown, place: Place): unknown {
  const { name } = field.definition;
  const isObject = (typeof source === 'object' && source !== null) || typeof source === 'function';
  const value = isObject ? (source as Record<string, unknown>)[name] : undefined;
  if (value === undefined && !(isObject && name in source)) {
    throw new Error(`${field.parentType.name}.${name} has no resolver, and its object no property of that name.`);
  }
  if (typeof value !== 'function') return value;
  return value.call(source, argumentsOf(run, field), run.context, new ResolveInfo(run, field, place));
}

function argumentsOf(run: Run, field: FieldPlan): Readonly<Record<string, unknown>> {
  if (field.args !== undefined) return field.args;
  let args = run.args.get(field);
  if (args === undefined) {
    const { parentType, definition, nodes } = field;
    const [node] = nodes as readonly [(typeof nodes)[number]];
    args = fieldArguments(run.schema, parentType, definition, node, run.variables);
    run.args.set(field, args);
  }
  return args;
}

type Container = Record<string | number, unknown>;

/** Writes a value at its position, now or when it is resolved. */
function settle(
  run: Run,
  field: FieldPlan,
  position: Position,
  container: Container,
  key: string | number,
  parent: Place,
  value: unknown,
): void {
  if (!isPromise(value)) {
    write(run, field, position, container, key, parent, value);
    return;
  }
  later(
    run,
    value,
    (settled) => write(run, field, position, container, key, parent, settled),
    (error) => fail(run, field, position, container, key, parent, error),
  );
}

function later<Value>(
  run: Run,
  value: PromiseLike<Value>,
  then: (value: Value) => void,
  onError: (error: unknown) => void,
): void {
  run.pending += 1;
  function done(): void {
    run.pending -= 1;
    if (run.pending > 0) return;
    const { onIdle } = run;
    run.onIdle = undefined;
    onIdle?.();
  }
  value.then(
    (settled) => {
      try {
        then(settled);
      } catch (error) {
        onError(error);
      }
      done();
    },
    (error) => {
      onError(error);
      done();
    },
  );
}

/** Completes a value. @throws the error of the value */
function write(
  run: Run,
  field: FieldPlan,
  position: Position,
  container: Container,
  key: string | number,
  parent: Place,
  value: unknown,
): void {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) {
    if (!position.nullable) {
      const { parentType, definition } = field;
      throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`);
    }
    container[key] = null;
    return;
  }
  if (position.kind === 'leaf') {
    container[key] = position.serialize(value);
    return;
  }
  const place = { parent, container, key, field, nullable: position.nullable, dropped: false };
  if (position.kind === 'list') writeList(run, field, position.item, place, value);
  else if (position.kind === 'object') writeObject(run, position.selection, place, value);
  else writeAbstract(run, field, position, place, value);
}

function writeList(run: Run, field: FieldPlan, item: Position, place: Place, value: unknown): void {
  if (typeof value !== 'object' || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    const { parentType, definition } = field;
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`,
    );
  }
  const items: unknown[] = [];
  place.container[place.key] = items;
  for (const each of value as Iterable<unknown>) {
    const index = items.push(null) - 1;
    try {
      settle(run, field, item, items as unknown as Container, index, place, each);
    } catch (error) {
      fail(run, field, item, items as unknown as Container, index, place, error);
    }
  }
}

function writeObject(run: Run, { fields, create }: SelectionPlan, place: Place, source: unknown): void {
  const data = create();
  place.container[place.key] = data;
  for (const field of fields) runField(run, field, source, data, place);
}

function writeAbstract(
  run: Run,
  field: FieldPlan,
  position: Position & { readonly kind: 'abstract' },
  place: Place & { readonly parent: Place },
  value: unknown,
): void {
  const { type, selectionOf } = position;
  const { container, key, parent } = place;
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const name = resolveType(value, run.context, new ResolveInfo(run, field, parent), type);
  const then = (resolved: string | undefined) =>
    writeObject(run, selectionOf(runtimeTypeOf(run, field, type, resolved)), place, value);
  if (isPromise(name)) later(run, name, then, (error) => fail(run, field, position, container, key, parent, error));
  else then(name);
}

function runtimeTypeOf(
  run: Run,
  field: FieldPlan,
  type: GraphQLAbstractType,
  name: string | undefined,
): GraphQLObjectType {
  const runtimeType = typeof name === 'string' ? run.schema.getType(name) : undefined;
  if (!isObjectType(runtimeType) || !run.schema.isSubType(type, runtimeType)) {
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to ${JSON.stringify(name)}, which is none of its object types.`,
      { nodes: field.nodes },
    );
  }
  return runtimeType;
}

function fail(
  run: Run,
  field: FieldPlan,
  position: Position,
  container: Container,
  key: string | number,
  parent: Place,
  error: unknown,
): void {
  if (isDropped(parent)) return;
  // One more than a response has, so that it can report further ones.
  if (run.errors.length <= MAX_ERRORS) run.errors.push(locatedError(error, field.nodes, pathTo(parent, key)));
  if (position.nullable) container[key] = null;
  else drop(parent);
}

function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof (value as Partial<PromiseLike<Value>> | null | undefined)?.then === 'function';
}

/** The `info` of resolvers, computed when a resolver reads it: most do not. */
class ResolveInfo implements GraphQLResolveInfo {
  private readonly run: Run;
  private readonly field: FieldPlan;
  private readonly parent: Place;

  constructor(run: Run, field: FieldPlan, parent: Place) {
    this.run = run;
    this.field = field;
    this.parent = parent;
  }

  get fieldName() {
    return this.field.definition.name;
  }
  get fieldNodes() {
    return this.field.nodes;
  }
  get returnType() {
    return this.field.definition.type;
  }
  get parentType() {
    return this.field.parentType;
  }
  get path() {
    return infoPathTo(this.parent, this.field.key, this.field);
  }
  get schema() {
    return this.run.schema;
  }
  get fragments() {
    return this.run.fragments;
  }
  get rootValue() {
    return this.run.rootValue;
  }
  get operation() {
    return this.run.operation;
  }
  get variableValues() {
    return this.run.variables;
  }
}
