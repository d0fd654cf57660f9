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
import { DEFER, withDefersDecided } from '../directives/defer.ts';
import { collectFields, type SelectionScope } from '../graphql/collect-fields.ts';
import { documentOf, fetchCounts, rootFetches } from '../graphql/fetch-nodes.ts';
import { BAD_USER_INPUT, invalidArguments, variablesAtNonNull } from '../graphql/invalid-arguments.ts';
import { type CompiledPlan, compilePlan } from './compile-plan.ts';
import { type DeferredOperation, executeDeferred, type LaterParts } from './defer/execute-deferred.ts';
import { deferredFragments } from './defer/find-deferred-fragments.ts';
import { plannedLabels } from './defer/planned-labels.ts';
import type { ExecutableSupergraph } from './executable-supergraph.ts';
import type { AnswerError, AskSubgraph, Run } from './execution-context.ts';
import type { Step } from './fetch/fetch-entities.ts';
import { responseKeys } from './fetch/merge-result.ts';
import { clientKeysOf, type DataKeys, dataKeyOf, dataKeysOf, planningDocument } from './prepare-document.ts';
import { compileProjection, type Projection, type ProjectionState } from './response/project-response.ts';
import { faultErrors } from './subgraph-errors.ts';

/** An operation that is planned and compiled. */
export interface CompiledOperation {
  readonly isMutation: boolean;
  /** About what it takes of memory, in bytes; it grows as it is executed with other conditions. */
  readonly size: number;
  /** The values of its conditions that it is planned for. */
  readonly decisions: readonly Decisions[];
  /**
   * Plans and compiles it before it is asked for: for these values of its conditions, or for all that there are if those are few.
   *
   * @throws GraphQLError when it asks for more than can be planned
   */
  prepare(decisions?: readonly Decisions[]): Promise<void>;
  /** @throws OperationRefused for variables that do not fit */
  variables(given: Readonly<Record<string, unknown>>): Variables;
  /**
   * Executes it. It never rejects for what subgraphs do.
   *
   * @throws OperationRefused for what cannot be answered with these variables
   * @throws GraphQLError when it asks for more than can be planned
   */
  execute<Context>(variables: Variables, context: Context, ask: AskSubgraph<Context>): Promise<Answer>;
  /** Executes it so that parts of it come later, where it was compiled for that. */
  executeIncrementally<Context>(
    variables: Variables,
    context: Context,
    ask: AskSubgraph<Context>,
  ): Promise<IncrementalAnswer>;
}

/** Values of the variables that `@skip` and `@include` ask for. */
export type Decisions = Readonly<Record<string, unknown>>;

export interface Variables {
  /** As the client sent them: this is what subgraphs get. */
  readonly given: Readonly<Record<string, unknown>>;
  /** With the operation's defaults, by the types of the schema. */
  readonly coerced: Readonly<Record<string, unknown>>;
  /** True when every request with the same text has these variables. */
  readonly isConstant?: boolean;
}

/** Nothing of the operation is executed, for these reasons. */
export class OperationRefused extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/** What an operation comes to (GraphQL specification, section 7.1). */
export interface Answer {
  /** JSON text. */
  readonly data: string;
  readonly errors: readonly AnswerError[];
  /** Where null stands since a subgraph answered what does not fit the schema, and did not say why. */
  readonly valueCompletion: readonly AnswerError[];
}

/** What is told at once, and what follows; undefined when that is nothing. */
export interface IncrementalAnswer {
  readonly first: Answer;
  readonly later: AsyncGenerator<LaterParts, void> | undefined;
}

/**
 * Bytes for each character of a plan as JSON, measured by the heap before and after random operations were compiled and executed: of the
 * plan that is compiled, and of the projection, with its generated code and what that becomes.
 */
const SIZE_OF_VARIANT = 12 + 30;

/** Variants of one operation that are kept: one for each set of values of the variables that `@skip` and `@include` ask for. */
const MAX_VARIANTS = 32;

/** An operation as somebody gets it who lacks something that it requires. */
export interface RestrictedOperation {
  /** What is planned: nothing of what is refused is left in it, and every fragment stands where it was spread. */
  readonly planned: OperationDefinitionNode;
  /** What is answered: the whole operation, its fragments in place. */
  readonly answered: OperationDefinitionNode;
  /** Those of the answered operation's fields that are null in the answer, whatever is known of them. */
  readonly refused: ReadonlySet<FieldNode>;
  /** Errors that say so, for these variables. */
  errors(variables: Readonly<Record<string, unknown>>): AnswerError[];
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
interface Projected {
  readonly data: string;
  /** Errors of fetches. */
  readonly errors: readonly AnswerError[];
  /** Errors of introspection. */
  readonly own: readonly AnswerError[];
  readonly faults: ProjectionState['faults'];
}

/** An operation with its conditions decided. */
interface Variant {
  readonly step: Step;
  /** Undefined where nothing comes later. */
  readonly deferred: DeferredOperation | undefined;
  readonly projection: Projection;
  readonly metaFields: FieldNode[];
  readonly decisions: Decisions;
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
  const nullable = variablesAtNonNull(apiSchema, document, operation);
  const dataKeys = dataKeysOf(document, supergraph.reservedKeys);
  const clientKeys = clientKeysOf(document, dataKeys);
  const variants = new Map<string, Variant | Promise<Variant>>();

  const variantFor = (variables: Readonly<Record<string, unknown>>): Variant | Promise<Variant> => {
    let key = conditions.map((name) => variables[name]).join();
    for (const name of nullable) if (variables[name] === null) key += ` ${name}`;
    return variants.get(key) ?? addVariant(key, variables);
  };

  /** One that cannot be had is asked for anew the next time. */
  async function addVariant(key: string, variables: Readonly<Record<string, unknown>>): Promise<Variant> {
    const [oldest] = variants.keys();
    if (variants.size >= MAX_VARIANTS && oldest !== undefined) variants.delete(oldest);
    const made = compileVariant(variables);
    variants.set(key, made);
    try {
      const variant = await made;
      if (variants.get(key) === made) variants.set(key, variant);
      onGrowth?.();
      return variant;
    } catch (error) {
      if (variants.get(key) === made) variants.delete(key);
      throw error;
    }
  }

  async function compileVariant(variables: Readonly<Record<string, unknown>>): Promise<Variant> {
    const { refused } = restricted ?? {};
    const { selectionSet } = restricted?.answered ?? operation;
    const invalid = invalidArguments(operation, new Set(nullable.filter((name) => variables[name] === null)));
    const scope: SelectionScope = { schema: apiSchema, fragments, variables, ...(refused && { refused }), invalid };
    if (invalid?.ofSelections(scope, root as GraphQLObjectType, [selectionSet]) !== undefined) {
      return { ...unplanned(scope, selectionSet), decisions: decisionsOf(variables) };
    }
    const { told, plan } = await planned(scope, selectionSet);
    const fields = collectFields(scope, root as GraphQLObjectType, [selectionSet]);
    const rootKeys = rootFetches(plan.node).flatMap((node) => responseKeys(documentOf(node)));
    const permitted = [...fields.values()].map((nodes) => nodes.filter((node) => refused?.has(node) !== true));
    if (invalid === undefined) refuseUnplanned(permitted, new Set(rootKeys), dataKeys);
    const compiled = compilePlan(fullSchema, plan);
    return {
      step: compiled.step,
      deferred: told.deferred && deferredOperation(told, compiled, fetchCounts(plan.node)),
      projection: compileProjection(told, root as GraphQLObjectType, selectionSet, dataKeys),
      metaFields: metaFieldsOf(fields),
      decisions: decisionsOf(variables),
      size: JSON.stringify(plan).length * SIZE_OF_VARIANT,
    };
  }

  function decisionsOf(variables: Readonly<Record<string, unknown>>): Decisions {
    return Object.fromEntries(
      [...conditions, ...nullable.filter((name) => variables[name] === null)].map((name) => [name, variables[name]]),
    );
  }

  /** An operation of which nothing is executed. */
  function unplanned(scope: SelectionScope, selectionSet: SelectionSetNode): Omit<Variant, 'decisions'> {
    const projection = compileProjection(scope, root as GraphQLObjectType, selectionSet, dataKeys);
    return { step: () => undefined, deferred: undefined, projection, metaFields: [], size: 1 };
  }

  /** An empty one where nothing is left to ask for. */
  function planOf(scope: SelectionScope): QueryPlan | Promise<QueryPlan> {
    const asked = withoutLongName(restricted?.planned ?? operation);
    const decided = scope.deferred === undefined ? asked : withDefersDecided(asked, new Set(scope.deferred.values()));
    if (decided.selectionSet.selections.length === 0) return { kind: 'QueryPlan' };
    const document = planningDocument(scope, decided, dataKeys);
    return document ? supergraph.plan(document, asked.name?.value, overrides) : { kind: 'QueryPlan' };
  }

  function deferredOperation(
    scope: SelectionScope,
    plan: CompiledPlan,
    fetches: ReadonlyMap<string, number>,
  ): DeferredOperation {
    const { selectionSet } = restricted?.answered ?? operation;
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
  ): Promise<{ told: SelectionScope; plan: QueryPlan }> {
    const asked = deferLabels && deferredFragments(selectionSet, scope.variables);
    if (asked === undefined || asked.size === 0) return { told: scope, plan: await planOf(scope) };
    const plan = await planOf({ ...scope, deferred: asked });
    const labels = plannedLabels(plan);
    if (labels.size === 0) return { told: scope, plan };
    return { told: { ...scope, deferred: new Map([...asked].filter(([, label]) => labels.has(label))) }, plan };
  }

  function begin<Context>({ given, coerced }: Variables, context: Context, ask: AskSubgraph<Context>): Run {
    return {
      variables: given,
      coerced,
      ask: isMutation
        ? (request) => ask({ ...request, followsWrite: true }, context)
        : (request) => ask(request, context),
      data: {},
      errors: [],
      waiting: new Map(),
      known: isMutation ? undefined : new Map(),
      shares: false,
      isPlain: true,
    };
  }

  /** The text of what is told at once, and what is amiss with it. */
  function project({ projection, metaFields }: Variant, run: Run) {
    const { texts: introspection, errors: own } =
      metaFields.length === 0 ? NO_INTROSPECTION : introspect(apiSchema, document, operation, metaFields, run.coerced);
    const state: ProjectionState = {
      faults: [],
      maxFaults: MAX_ERRORS,
      texts: run.shares ? [] : undefined,
      introspection: introspection ?? {},
      isPlain: run.isPlain,
    };
    const data = (introspection === undefined ? undefined : projection(run.data, state)) ?? 'null';
    const errors = clientKeys.size === 0 ? run.errors : run.errors.map((error) => withClientKeys(error, clientKeys));
    return { data, errors, own, faults: state.faults, introspection: state.introspection };
  }

  function answerOf({ coerced }: Variables, { data, errors, own, faults }: Projected): Answer {
    const { errors: invalid, completion } = faultErrors(faults);
    const known = [...(restricted?.errors(coerced) ?? []), ...own, ...invalid];
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
      for (const variant of variants.values()) if ('size' in variant) size += variant.size;
      return size;
    },
    get decisions() {
      return [...variants.values()].flatMap((variant) => ('decisions' in variant ? [variant.decisions] : []));
    },
    async prepare(decisions = everyDecision(conditions)) {
      for (const one of decisions) await variantFor(one);
    },
    variables(given) {
      const { coerced, errors } = getVariableValues(apiSchema, definitions, given, { maxErrors: MAX_REFUSALS });
      if (errors !== undefined) throw new OperationRefused(errors.map(badInput));
      return { given, coerced };
    },
    async execute(variables, context, ask) {
      const found = variantFor(variables.coerced);
      const variant = 'step' in found ? found : await found;
      const run = begin(variables, context, ask);
      await variant.step(run);
      return answerOf(variables, project(variant, run));
    },
    async executeIncrementally(variables, context, ask) {
      const variant = await variantFor(variables.coerced);
      if (variant.deferred === undefined)
        return { first: await this.execute(variables, context, ask), later: undefined };
      const toClient = (error: AnswerError) => withClientKeys(error, clientKeys);
      const { run, done, later } = executeDeferred(variant.deferred, begin(variables, context, ask));
      await done;
      const { errors, introspection, ...rest } = project(variant, run);
      const told = later({ text: rest.data, errors, introspection, toClient });
      return { first: answerOf(variables, { ...rest, errors: told.errors }), later: told.following };
    },
  };
}

/** Each fetch of a plan repeats the name, which subgraphs have for their logs. */
function withoutLongName(operation: OperationDefinitionNode): OperationDefinitionNode {
  const { name, ...rest } = operation;
  return name === undefined || labelOf(name.value) === name.value ? operation : rest;
}

/** Paths of subgraphs' errors speak of the data. */
function withClientKeys(error: AnswerError, clientKeys: ReadonlyMap<unknown, string>): AnswerError {
  return error.path === undefined ? error : { ...error, path: error.path.map((key) => clientKeys.get(key) ?? key) };
}

function badInput({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

/** Conditions of an operation that are prepared for all their values: a handful of plans. */
const MAX_PREPARED_CONDITIONS = 3;

function everyDecision(conditions: readonly string[]): Decisions[] {
  if (conditions.length > MAX_PREPARED_CONDITIONS) return [];
  return conditions.reduce<Decisions[]>(
    (decisions, name) => decisions.flatMap((one) => [true, false].map((value) => ({ ...one, [name]: value }))),
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

/** The planner leaves out what can have no value in any subgraph: whoever asks for it is told so rather than given null. */
function refuseUnplanned(fields: readonly FieldNode[][], planned: ReadonlySet<string>, dataKeys: DataKeys): void {
  for (const [node] of fields) {
    if (node === undefined || node.name.value.startsWith('__') || planned.has(dataKeyOf(dataKeys, node))) continue;
    const message = `No subgraph can answer what is asked of the field ${node.name.value}.`;
    throw new OperationRefused([new GraphQLError(message, { nodes: node, extensions: { code: 'UNPLANNABLE_FIELD' } })]);
  }
}

interface Introspection {
  /** JSON text of the fields that ask for the schema, by response key; undefined where null has come up to the root. */
  readonly texts: Readonly<Record<string, string>> | undefined;
  readonly errors: readonly AnswerError[];
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
