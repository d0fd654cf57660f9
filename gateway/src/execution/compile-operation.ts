import type { QueryPlan } from '@apollo/query-planner';
import { MAX_ERRORS, MAX_REFUSALS } from '@marquee/graphql-over-http/error-limits';
import { labelOf } from '@marquee/runtime/label';
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  visit,
} from 'graphql';
import { DEFER, keepDefers } from '../directives/defer.ts';
import { collectFields, type SelectionScope } from '../graphql/collect-fields.ts';
import { countFetchesById, parseFetch, rootFetchNodes } from '../graphql/fetch-nodes.ts';
import { BAD_USER_INPUT, invalidArguments, nullableVariablesAtNonNull } from '../graphql/invalid-arguments.ts';
import { type CompiledPlan, compilePlan } from './compile-plan.ts';
import { type DeferredOperation, executeDeferred, type SubsequentResult } from './defer/execute-deferred.ts';
import { deferredFragments } from './defer/find-deferred-fragments.ts';
import { deferredLabels } from './defer/planned-labels.ts';
import type { ExecutableSupergraph } from './executable-supergraph.ts';
import type { ExecutionContext, ExecutionError, RequestSubgraph } from './execution-context.ts';
import type { PlanStep } from './fetch/fetch-entities.ts';
import { responseKeys } from './fetch/merge-result.ts';
import { clientKeysOf, type DataKeys, dataKeyOf, dataKeysOf, prepareDocument } from './prepare-document.ts';
import { compileProjection, type Projection, type ProjectionState } from './response/project-response.ts';
import { splitFieldErrors } from './subgraph-errors.ts';

/** An operation that is planned and compiled. */
export interface CompiledOperation {
  readonly isMutation: boolean;
  /** About what it takes of memory, in bytes; it grows as it is executed with other conditions. */
  readonly size: number;
  /** The values of its conditions that it is planned for. */
  readonly conditionValues: readonly ConditionValues[];
  /**
   * Plans and compiles it before it is asked for: for these values of its conditions, or for all that there are if those are few.
   *
   * @throws GraphQLError when it asks for more than can be planned
   */
  prepare(conditionValues?: readonly ConditionValues[]): Promise<void>;
  /** @throws OperationRefused for variables that do not fit */
  variables(given: Readonly<Record<string, unknown>>): Variables;
  /**
   * Executes it. It never rejects for what subgraphs do.
   *
   * @throws OperationRefused for what cannot be answered with these variables
   * @throws GraphQLError when it asks for more than can be planned
   */
  execute<Context>(
    variables: Variables,
    requestContext: Context,
    requestSubgraph: RequestSubgraph<Context>,
  ): Promise<ExecutionResult>;
  /** Executes it so that parts of it come later, where it was compiled for that. */
  executeIncrementally<Context>(
    variables: Variables,
    requestContext: Context,
    requestSubgraph: RequestSubgraph<Context>,
  ): Promise<IncrementalExecution>;
}

/** Values of the variables that `@skip` and `@include` requestSubgraph for. */
export type ConditionValues = Readonly<Record<string, unknown>>;

export interface Variables {
  /** As the client sent them: this is what subgraphs get. */
  readonly given: Readonly<Record<string, unknown>>;
  /** With the operation's defaults, by the types of the schema. */
  readonly coerced: Readonly<Record<string, unknown>>;
  /** True when every request with the same text has these variables. */
  readonly isConstant?: boolean;
}

/** Nothing of the operation is executed, for these reasons. */
export class OperationRejected extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/** What an operation comes to (GraphQL specification, section 7.1). */
export interface ExecutionResult {
  /** JSON text. */
  readonly data: string;
  readonly errors: readonly ExecutionError[];
  /** Where null stands since a subgraph answered what does not fit the schema, and did not say why. */
  readonly valueCompletion: readonly ExecutionError[];
}

/** What is effectiveScope at once, and what follows; undefined when that is nothing. */
export interface IncrementalExecution {
  readonly initialResult: ExecutionResult;
  readonly subsequentResults: AsyncGenerator<SubsequentResult, void> | undefined;
}

/**
 * Bytes for each character of a plan as JSON, measured by the heap before and after random operations were compiled and executed: of the
 * plan that is compiled, and of the projection, with its generated code and what that becomes.
 */
const BYTES_PER_CHARACTER = 12 + 30;

/** Variants of one operation that are kept: one for each set of values of the variables that `@skip` and `@include` requestSubgraph for. */
const MAX_PLANS = 32;

/** An operation as somebody gets it who lacks something that it requires. */
export interface RestrictedOperation {
  /** What is planned: nothing of what is refused is left in it, and every fragment stands where it was spread. */
  readonly planned: OperationDefinitionNode;
  /** What is answered: the whole operation, its fragments in place. */
  readonly selected: OperationDefinitionNode;
  /** Those of the answered operation's fields that are null in the answer, whatever is known of them. */
  readonly unauthorized: ReadonlySet<FieldNode>;
  /** Errors that say so, for these variables. */
  errors(variables: Readonly<Record<string, unknown>>): ExecutionError[];
}

/** For whom an operation is compiled. */
export interface CompileOptions {
  /** The operation as those get it who lack something that it requires. */
  readonly restricted?: RestrictedOperation | undefined;
  /** Which labels of `@override` are on. */
  readonly overrides?: ReadonlyMap<string, boolean> | undefined;
  /** The client's labels of what comes later, by those of the operation; without them everything comes at once. */
  readonly deferLabels?: ReadonlyMap<string, string | undefined> | undefined;
  /** Hears that it has become larger. */
  readonly onGrowth?: (() => void) | undefined;
}

/** The first or only part of an answer, and what is amiss with it. */
interface ProjectedResponse {
  readonly data: string;
  /** Errors of fetches. */
  readonly errors: readonly ExecutionError[];
  /** Errors of introspection. */
  readonly introspectionErrors: readonly ExecutionError[];
  readonly fieldErrors: ProjectionState['fieldErrors'];
}

/** An operation with its conditions decided. */
interface ExecutablePlan {
  readonly step: PlanStep;
  /** Undefined where nothing comes later. */
  readonly deferred: DeferredOperation | undefined;
  readonly projection: Projection;
  readonly metaFields: FieldNode[];
  readonly conditionValues: ConditionValues;
  readonly size: number;
}

/**
 * Plans and compiles an operation of a valid document; one with conditions once for each set of values of theirs that it is executed with.
 *
 * @throws GraphQLError when it asks for more than can be planned
 */
export function compileOperation(
  supergraph: ExecutableSupergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { restricted, overrides, deferLabels, onGrowth }: CompileOptions = {},
): CompiledOperation {
  const { apiSchema, fullSchema } = supergraph;
  const root = apiSchema.getRootType(operation.operation);
  if (!root) {
    const message = `The schema has no ${operation.operation}s.`;
    throw new GraphQLError(message, { nodes: operation, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
  const isMutation = operation.operation === 'mutation';
  const definitions = operation.variableDefinitions ?? [];
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const conditions = conditionVariables(document, deferLabels !== undefined);
  const nullable = nullableVariablesAtNonNull(apiSchema, document, operation);
  const dataKeys = dataKeysOf(document, supergraph.reservedKeys);
  const clientKeys = clientKeysOf(document, dataKeys);
  const plans = new Map<string, ExecutablePlan | Promise<ExecutablePlan>>();

  const planFor = (variables: Readonly<Record<string, unknown>>): ExecutablePlan | Promise<ExecutablePlan> => {
    let key = conditions.map((name) => variables[name]).join();
    for (const name of nullable) if (variables[name] === null) key += ` ${name}`;
    return plans.get(key) ?? addPlan(key, variables);
  };

  /** One that cannot be had is asked for anew the next time. */
  async function addPlan(key: string, variables: Readonly<Record<string, unknown>>): Promise<ExecutablePlan> {
    const [oldest] = plans.keys();
    if (plans.size >= MAX_PLANS && oldest !== undefined) plans.delete(oldest);
    const made = compileExecutablePlan(variables);
    plans.set(key, made);
    try {
      const executable = await made;
      if (plans.get(key) === made) plans.set(key, executable);
      onGrowth?.();
      return executable;
    } catch (error) {
      if (plans.get(key) === made) plans.delete(key);
      throw error;
    }
  }

  async function compileExecutablePlan(variables: Readonly<Record<string, unknown>>): Promise<ExecutablePlan> {
    const { unauthorized } = restricted ?? {};
    const { selectionSet } = restricted?.selected ?? operation;
    const invalid = invalidArguments(operation, new Set(nullable.filter((name) => variables[name] === null)));
    const scope: SelectionScope = {
      schema: apiSchema,
      fragments,
      variables,
      ...(unauthorized && { unauthorized }),
      invalidArguments: invalid,
    };
    if (invalid?.ofSelections(scope, root as GraphQLObjectType, [selectionSet]) !== undefined) {
      return { ...emptyPlan(scope, selectionSet), conditionValues: conditionValuesOf(variables) };
    }
    const { effectiveScope, plan } = await planned(scope, selectionSet);
    const fields = collectFields(scope, root as GraphQLObjectType, [selectionSet]);
    const rootKeys = rootFetchNodes(plan.node).flatMap((node) => responseKeys(parseFetch(node)));
    const permitted = [...fields.values()].map((nodes) => nodes.filter((node) => unauthorized?.has(node) !== true));
    if (invalid === undefined) rejectUnplanned(permitted, new Set(rootKeys), dataKeys);
    const compiled = compilePlan(fullSchema, plan);
    return {
      step: compiled.step,
      deferred: effectiveScope.deferred && deferredOperation(effectiveScope, compiled, countFetchesById(plan.node)),
      projection: compileProjection(effectiveScope, root as GraphQLObjectType, selectionSet, dataKeys),
      metaFields: metaFieldsOf(fields),
      conditionValues: conditionValuesOf(variables),
      size: JSON.stringify(plan).length * BYTES_PER_CHARACTER,
    };
  }

  function conditionValuesOf(variables: Readonly<Record<string, unknown>>): ConditionValues {
    return Object.fromEntries(
      [...conditions, ...nullable.filter((name) => variables[name] === null)].map((name) => [name, variables[name]]),
    );
  }

  /** An operation of which nothing is executed. */
  function emptyPlan(scope: SelectionScope, selectionSet: SelectionSetNode): Omit<ExecutablePlan, 'conditionValues'> {
    const projection = compileProjection(scope, root as GraphQLObjectType, selectionSet, dataKeys);
    return { step: () => undefined, deferred: undefined, projection, metaFields: [], size: 1 };
  }

  /** An empty one where nothing is left to requestSubgraph for. */
  function planOf(scope: SelectionScope): QueryPlan | Promise<QueryPlan> {
    const asked = withoutLongName(restricted?.planned ?? operation);
    const decided = scope.deferred === undefined ? asked : keepDefers(asked, new Set(scope.deferred.values()));
    if (decided.selectionSet.selections.length === 0) return { kind: 'QueryPlan' };
    const document = prepareDocument(scope, decided, dataKeys);
    return document ? supergraph.plan(document, asked.name?.value, overrides) : { kind: 'QueryPlan' };
  }

  function deferredOperation(
    scope: SelectionScope,
    plan: CompiledPlan,
    fetches: ReadonlyMap<string, number>,
  ): DeferredOperation {
    const { selectionSet } = restricted?.selected ?? operation;
    return {
      scope,
      dataKeys,
      root: root as GraphQLObjectType,
      selectionSet,
      plan,
      fetches,
      labels: deferLabels ?? new Map(),
      projections: new Map(),
    };
  }

  /** What the planner cannot defer comes with what it stands in. */
  async function planned(
    scope: SelectionScope,
    selectionSet: SelectionSetNode,
  ): Promise<{ effectiveScope: SelectionScope; plan: QueryPlan }> {
    const asked = deferLabels && deferredFragments(selectionSet, scope.variables);
    if (asked === undefined || asked.size === 0) return { effectiveScope: scope, plan: await planOf(scope) };
    const plan = await planOf({ ...scope, deferred: asked });
    const labels = deferredLabels(plan);
    if (labels.size === 0) return { effectiveScope: scope, plan };
    return {
      effectiveScope: { ...scope, deferred: new Map([...asked].filter(([, label]) => labels.has(label))) },
      plan,
    };
  }

  function createContext<Context>(
    { given, coerced }: Variables,
    requestContext: Context,
    requestSubgraph: RequestSubgraph<Context>,
  ): ExecutionContext {
    return {
      variables: given,
      coerced,
      request: isMutation
        ? (request) => requestSubgraph({ ...request, followsWrite: true }, requestContext)
        : (request) => requestSubgraph(request, requestContext),
      data: {},
      errors: [],
      pendingRequests: new Map(),
      sharedEntities: isMutation ? undefined : new Map(),
      hasSharedObjects: false,
      isPlain: true,
    };
  }

  /** The text of what is effectiveScope at once, and what is amiss with it. */
  function project({ projection, metaFields }: ExecutablePlan, context: ExecutionContext) {
    const { texts: introspection, errors: introspectionErrors } =
      metaFields.length === 0
        ? NO_INTROSPECTION
        : introspect(apiSchema, document, operation, metaFields, context.coerced);
    const state: ProjectionState = {
      fieldErrors: [],
      maxFieldErrors: MAX_ERRORS,
      texts: context.hasSharedObjects ? [] : undefined,
      introspection: introspection ?? {},
      isPlain: context.isPlain,
    };
    const data = (introspection === undefined ? undefined : projection(context.data, state)) ?? 'null';
    const errors =
      clientKeys.size === 0 ? context.errors : context.errors.map((error) => withClientKeys(error, clientKeys));
    return { data, errors, introspectionErrors, fieldErrors: state.fieldErrors, introspection: state.introspection };
  }

  function resultOf(
    { coerced }: Variables,
    { data, errors, introspectionErrors, fieldErrors }: ProjectedResponse,
  ): ExecutionResult {
    const { errors: invalid, completion } = splitFieldErrors(fieldErrors);
    const known = [...(restricted?.errors(coerced) ?? []), ...introspectionErrors, ...invalid];
    return {
      data,
      errors: known.length === 0 ? errors : [...known, ...errors],
      valueCompletion: errors.length > 0 ? [] : completion,
    };
  }

  return {
    isMutation,
    get size() {
      let size = 1;
      for (const executable of plans.values()) if ('size' in executable) size += executable.size;
      return size;
    },
    get conditionValues() {
      return [...plans.values()].flatMap((executable) =>
        'conditionValues' in executable ? [executable.conditionValues] : [],
      );
    },
    async prepare(conditionValues = allConditionValues(conditions)) {
      for (const one of conditionValues) await planFor(one);
    },
    variables(given) {
      const { coerced, errors } = getVariableValues(apiSchema, definitions, given, { maxErrors: MAX_REFUSALS });
      if (errors !== undefined) throw new OperationRejected(errors.map(badUserInput));
      return { given, coerced };
    },
    async execute(variables, requestContext, requestSubgraph) {
      const found = planFor(variables.coerced);
      const executable = 'step' in found ? found : await found;
      const context = createContext(variables, requestContext, requestSubgraph);
      await executable.step(context);
      return resultOf(variables, project(executable, context));
    },
    async executeIncrementally(variables, requestContext, requestSubgraph) {
      const executable = await planFor(variables.coerced);
      if (executable.deferred === undefined)
        return {
          initialResult: await this.execute(variables, requestContext, requestSubgraph),
          subsequentResults: undefined,
        };
      const toClient = (error: ExecutionError) => withClientKeys(error, clientKeys);
      const { context, done, subsequent } = executeDeferred(
        executable.deferred,
        createContext(variables, requestContext, requestSubgraph),
      );
      await done;
      const { errors, introspection, ...rest } = project(executable, context);
      const { errors: initialErrors, subsequentResults } = subsequent({
        text: rest.data,
        errors,
        introspection,
        toClient,
      });
      return { initialResult: resultOf(variables, { ...rest, errors: initialErrors }), subsequentResults };
    },
  };
}

/** Each fetch of a plan repeats the name, which subgraphs have for their logs. */
function withoutLongName(operation: OperationDefinitionNode): OperationDefinitionNode {
  const { name, ...rest } = operation;
  return name === undefined || labelOf(name.value) === name.value ? operation : rest;
}

/** Paths of subgraphs' errors speak of the data. */
function withClientKeys(error: ExecutionError, clientKeys: ReadonlyMap<unknown, string>): ExecutionError {
  return error.path === undefined ? error : { ...error, path: error.path.map((key) => clientKeys.get(key) ?? key) };
}

function badUserInput({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

/** Conditions of an operation that are prepared for all their values: a handful of plans. */
const MAX_PREPARED_CONDITIONS = 3;

function allConditionValues(conditions: readonly string[]): ConditionValues[] {
  if (conditions.length > MAX_PREPARED_CONDITIONS) return [];
  return conditions.reduce<ConditionValues[]>(
    (conditionValues, name) =>
      conditionValues.flatMap((one) => [true, false].map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** The variables that decide which selections apply, and which of them come later. */
function conditionVariables(document: DocumentNode, isIncremental: boolean): string[] {
  const deciding = ['skip', 'include', ...(isIncremental ? [DEFER] : [])];
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (!deciding.includes(name.value)) return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function metaFieldsOf(fields: ReadonlyMap<string, FieldNode[]>): FieldNode[] {
  const names: readonly string[] = [SchemaMetaFieldDef.name, TypeMetaFieldDef.name];
  return [...fields.values()].flat().filter(({ name }) => names.includes(name.value));
}

/** The planner leaves out what can have no value in any subgraph: whoever asks for it is effectiveScope so rather than given null. */
function rejectUnplanned(fields: readonly FieldNode[][], planned: ReadonlySet<string>, dataKeys: DataKeys): void {
  for (const [node] of fields) {
    if (node === undefined || node.name.value.startsWith('__') || planned.has(dataKeyOf(dataKeys, node))) continue;
    const message = `No subgraph can answer what is asked of the field ${node.name.value}.`;
    throw new OperationRejected([
      new GraphQLError(message, { nodes: node, extensions: { code: 'UNPLANNABLE_FIELD' } }),
    ]);
  }
}

interface Introspection {
  /** JSON text of the fields that requestSubgraph for the schema, by response key; undefined where null has come up to the root. */
  readonly texts: Readonly<Record<string, string>> | undefined;
  readonly errors: readonly ExecutionError[];
}

const NO_INTROSPECTION: Introspection = { texts: {}, errors: [] };

function introspect(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  selections: FieldNode[],
  variables: Readonly<Record<string, unknown>>,
): Introspection {
  const alone: OperationDefinitionNode = {
    ...operation,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const { data, errors = [] } = executeSync({
    schema,
    document: { ...document, definitions: document.definitions.map((node) => (node === operation ? alone : node)) },
    ...(operation.name && { operationName: operation.name.value }),
    rootValue: {},
    variableValues: variables,
  });
  return {
    texts: data
      ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)]))
      : undefined,
    errors: errors.map(({ message, path }) => ({
      message,
      ...(path && { path: [...path] }),
      extensions: { code: BAD_USER_INPUT },
    })),
  };
}
