import type { QueryPlan } from '@apollo/query-planner';
import { labelOf } from '@marquee/runtime/label';
import { GraphQLError } from 'graphql';
import { keepDefers } from '../directives/defer.ts';
import { collectFields, type SelectionScope } from '../graphql/collect-fields.ts';
import { countFetchesById, parseFetch, rootFetchNodes } from '../graphql/fetch-nodes.ts';
import { invalidArguments, nullableVariablesAtNonNull } from '../graphql/invalid-arguments.ts';
import type { NormalizedField, NormalizedOperation, NormalizedSelectionSet } from '../graphql/normalized-operation.ts';
import { compilePlan } from './compile-plan.ts';
import { allConditionValues, type ConditionValues, conditionVariables } from './condition-values.ts';
import type { DeferredOperation } from './defer/execute-deferred.ts';
import { deferredFragments } from './defer/find-deferred-fragments.ts';
import { deferredLabels } from './defer/planned-labels.ts';
import type { ExecutableSupergraph } from './executable-supergraph.ts';
import type { ExecutionError, PlanStep } from './execution-context.ts';
import type { EventSource } from './fetch/fetch-root.ts';
import { responseKeys } from './fetch/merge-result.ts';
import { metaFieldsOf } from './introspect.ts';
import { prepareForPlanner } from './prepare-for-planner.ts';
import { compileProjection, type Projection } from './response/project-response.ts';
import { OperationRejected } from './variables.ts';
import { clientKeysOf, type DataKeys, dataKeyOf, dataKeysOf } from './workarounds/rename-response-keys.ts';

/** An operation for callers that may not see all of it. */
export interface RestrictedOperation {
  /** The operation to plan, without unauthorized fields. */
  readonly planned: NormalizedOperation;
  /** The operation to project: with unauthorized fields, which are null. */
  readonly selected: NormalizedOperation;
  /** The unauthorized fields of the projected operation. */
  readonly unauthorized: ReadonlySet<NormalizedField>;
  /** Returns the errors of unauthorized fields that these variables include. */
  errors(variables: Readonly<Record<string, unknown>>): ExecutionError[];
}

/** The caller's part of a plan. */
export interface CallerOptions {
  /** Undefined for callers that may see the whole operation. */
  readonly restricted?: RestrictedOperation | undefined;
  /** Labels of `@override` by whether they are enabled. */
  readonly overrides?: ReadonlyMap<string, boolean> | undefined;
}

/** Everything that the plans of one operation share. */
interface PlannedOperation {
  readonly supergraph: ExecutableSupergraph;
  readonly operation: NormalizedOperation;
  readonly dataKeys: DataKeys;
  readonly clientKeys: ReadonlyMap<unknown, string>;
  /** The client's labels of deferred fragments, by those of the operation; undefined without incremental delivery. */
  readonly deferLabels: ReadonlyMap<string, string | undefined> | undefined;
}

/** A compiled plan and projection for one set of condition values. */
export interface ExecutablePlan extends Omit<PlannedOperation, 'dataKeys'>, CallerOptions {
  readonly conditionValues: ConditionValues;
  readonly step: PlanStep;
  /** The root field of a subscription; undefined for other operations, and when no field is left to subscribe to. */
  readonly source?: EventSource;
  /** Undefined when nothing is deferred. */
  readonly deferred: DeferredOperation | undefined;
  readonly projection: Projection;
  readonly metaFields: readonly NormalizedField[];
  /** Undefined where the supergraph keeps no query plans, and where nothing is planned. */
  readonly queryPlan?: QueryPlan;
  /** Approximate size in bytes. */
  readonly size: number;
}

/** Compiles the plans of one operation, of which each caller needs one for each set of condition values. */
export interface PlanCompiler {
  /** Every set of condition values; none when there are too many. */
  readonly conditionValues: readonly ConditionValues[];
  /** Returns a key that is equal for variables with the same plan. */
  keyOf(variables: Readonly<Record<string, unknown>>): string;
  /**
   * Plans and compiles the operation.
   *
   * @param variables coerced; at least those of conditions
   * @throws OperationRejected for a field that no subgraph can resolve
   * @throws GraphQLError when the operation cannot be planned, or the schema has no such operation type
   */
  compile(variables: Readonly<Record<string, unknown>>, options?: CallerOptions): Promise<ExecutablePlan>;
}

export function createPlanCompiler(
  supergraph: ExecutableSupergraph,
  operation: NormalizedOperation,
  deferLabels?: ReadonlyMap<string, string | undefined>,
): PlanCompiler {
  const conditions = conditionVariables(operation, deferLabels !== undefined);
  const nullable = nullableVariablesAtNonNull(supergraph.apiSchema, operation);
  const dataKeys = dataKeysOf(operation, supergraph.reservedKeys);
  const planned = { supergraph, operation, dataKeys, clientKeys: clientKeysOf(operation, dataKeys), deferLabels };
  return {
    conditionValues: allConditionValues(conditions),
    keyOf(variables) {
      let key = conditions.map((name) => variables[name]).join();
      for (const name of nullable) if (variables[name] === null) key += ` ${name}`;
      return key;
    },
    async compile(variables, options = {}) {
      const nulls = nullable.filter((name) => variables[name] === null);
      const conditionValues = Object.fromEntries([...conditions, ...nulls].map((name) => [name, variables[name]]));
      const compiled = await compile({ ...planned, ...options }, variables, new Set(nulls));
      return { ...planned, ...options, ...compiled, conditionValues };
    },
  };
}

/**
 * Bytes for each character of a plan as JSON: of the compiled plan, and of the projection with its generated code. Measured by the heap before
 * and after random operations were compiled and executed.
 */
const BYTES_PER_CHARACTER = 12 + 30;

/** @param nulls variables at non-null positions that are null */
async function compile(
  planned: PlannedOperation & CallerOptions,
  variables: Readonly<Record<string, unknown>>,
  nulls: ReadonlySet<string>,
): Promise<Pick<ExecutablePlan, 'step' | 'source' | 'deferred' | 'projection' | 'metaFields' | 'queryPlan' | 'size'>> {
  const { supergraph, operation, dataKeys, restricted, deferLabels } = planned;
  const root = supergraph.apiSchema.getRootType(operation.operation);
  if (!root) {
    const message = `The schema has no ${operation.operation}s.`;
    throw new GraphQLError(message, { nodes: operation, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
  const { unauthorized } = restricted ?? {};
  const { selectionSet } = restricted?.selected ?? operation;
  const invalid = invalidArguments(operation, nulls);
  const scope: SelectionScope = {
    schema: supergraph.apiSchema,
    variables,
    ...(unauthorized && { unauthorized }),
    invalidArguments: invalid,
    existenceFields: supergraph.existenceFields,
  };
  if (invalid?.ofSelections(scope, root, [selectionSet]) !== undefined) {
    const projection = compileProjection(scope, root, selectionSet, dataKeys);
    return { step: () => undefined, deferred: undefined, projection, metaFields: [], size: 1 };
  }
  const { deferred, plan } = await planWithDeferred(planned, scope, selectionSet);
  const fields = collectFields(scope, root, [selectionSet]);
  const permitted = [...fields.values()].map((nodes) => nodes.filter((node) => unauthorized?.has(node) !== true));
  if (invalid === undefined) rejectUnplanned(permitted, plan, dataKeys);
  const compiled = compilePlan(supergraph.fullSchema, plan);
  const projected = deferred === undefined ? scope : { ...scope, deferred };
  return {
    step: compiled.step,
    ...(compiled.source && { source: compiled.source }),
    deferred: deferred && {
      scope: projected,
      dataKeys,
      root,
      selectionSet,
      plan: compiled,
      fetches: countFetchesById(plan.node),
      labels: deferLabels ?? new Map(),
      projections: new Map(),
    },
    projection: compileProjection(projected, root, selectionSet, dataKeys),
    metaFields: metaFieldsOf(fields),
    ...(supergraph.keepsQueryPlans && { queryPlan: plan }),
    size: JSON.stringify(plan).length * BYTES_PER_CHARACTER,
  };
}

/** Plans the operation, and returns the fragments that the planner could defer; all others are delivered with their parents. */
async function planWithDeferred(
  planned: PlannedOperation & CallerOptions,
  scope: SelectionScope,
  selectionSet: NormalizedSelectionSet,
): Promise<{ plan: QueryPlan; deferred?: NonNullable<SelectionScope['deferred']> }> {
  const active = planned.deferLabels && deferredFragments(selectionSet, scope.variables);
  if (active === undefined || active.size === 0) return { plan: await queryPlan(planned, scope) };
  const plan = await queryPlan(planned, { ...scope, deferred: active });
  const labels = deferredLabels(plan);
  if (labels.size === 0) return { plan };
  return { plan, deferred: new Map([...active].filter(([, label]) => labels.has(label))) };
}

/** Returns an empty plan when no selection is left. */
function queryPlan(
  { supergraph, operation, dataKeys, restricted, overrides }: PlannedOperation & CallerOptions,
  scope: SelectionScope,
): QueryPlan | Promise<QueryPlan> {
  const permitted = withoutLongName(restricted?.planned ?? operation);
  const decided = scope.deferred === undefined ? permitted : keepDefers(permitted, new Set(scope.deferred.values()));
  const prepared = decided.selectionSet.selections.length > 0 && prepareForPlanner(scope, decided, dataKeys);
  return prepared ? supergraph.plan(prepared, overrides) : { kind: 'QueryPlan' };
}

/** Removes a long name, which every fetch of the plan would repeat for the subgraphs' logs. */
function withoutLongName(operation: NormalizedOperation): NormalizedOperation {
  const { name, ...rest } = operation;
  return name === undefined || labelOf(name.value) === name.value ? operation : rest;
}

/** Rejects a root field that the planner left out because no subgraph can resolve it: null would hide that. */
function rejectUnplanned(fields: readonly NormalizedField[][], plan: QueryPlan, dataKeys: DataKeys): void {
  const planned = new Set(rootFetchNodes(plan.node).flatMap((node) => responseKeys(parseFetch(node))));
  for (const [node] of fields) {
    if (node === undefined || node.name.value.startsWith('__') || planned.has(dataKeyOf(dataKeys, node))) continue;
    const message = `No subgraph can resolve the selections of the field ${node.name.value}.`;
    throw new OperationRejected([
      new GraphQLError(message, { nodes: node, extensions: { code: 'UNPLANNABLE_FIELD' } }),
    ]);
  }
}
