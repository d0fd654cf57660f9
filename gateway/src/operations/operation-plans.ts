import type { Caller } from '../directives/access.ts';
import { type IsLabelOn, overrideLabelsOf } from '../directives/override.ts';
import type { ConditionValues } from '../execution/condition-values.ts';
import { type CallerOptions, createPlanCompiler, type ExecutablePlan } from '../execution/executable-plan.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { guardOperation } from './authorize-operation.ts';

type Plan = ExecutablePlan | Promise<ExecutablePlan>;

/** The plans of one operation by caller and condition values. */
export interface OperationPlans {
  /** Approximate size in bytes; it grows with each plan. */
  readonly size: number;
  /** One caller of each group that shares plans, used to warm plans up after a reload. */
  readonly callers: readonly RepresentativeCaller[];
  /**
   * Returns the plan for a caller, without unauthorized fields and with the subgraphs that the labels select; a promise while it is
   * compiled. Callers with equal permissions and labels share their plans.
   *
   * @param variables coerced
   */
  planFor(caller: Caller, isLabelOn: IsLabelOn, variables: Readonly<Record<string, unknown>>): Plan;
  /**
   * Compiles the plans of these callers, by default those of an anonymous one.
   *
   * @throws GraphQLError when the operation cannot be planned
   */
  prepare(callers?: readonly RepresentativeCaller[]): Promise<void>;
}

export interface RepresentativeCaller {
  readonly caller: Caller;
  readonly labels: ReadonlySet<string>;
  /** Condition values that have a plan; by default all, if they are few. */
  readonly conditionValues?: readonly ConditionValues[];
}

interface CallerPlans extends Omit<RepresentativeCaller, 'conditionValues'> {
  readonly options: CallerOptions;
  /** Plans by the key of their compiler. */
  readonly plans: Map<string, Plan>;
}

export interface PlanOptions {
  readonly deferLabels?: ReadonlyMap<string, string | undefined>;
  /** Called when a plan was added. */
  readonly onGrowth?: () => void;
}

/** Limit of caller groups, and of plans for one group. */
const MAX_PLANS = 32;

export function createOperationPlans(
  supergraph: ExecutableSupergraph,
  operation: NormalizedOperation,
  { deferLabels, onGrowth }: PlanOptions = {},
): OperationPlans {
  const { apiSchema, accessRules, overrideLabels } = supergraph;
  const guard = guardOperation(apiSchema, accessRules, operation);
  const labels = overrideLabelsOf(apiSchema, overrideLabels, operation);
  const compiler = createPlanCompiler(supergraph, operation, deferLabels);
  const groups = new Map<string, CallerPlans>();

  function groupOf(caller: Caller, on: readonly string[]): CallerPlans {
    const unmet = guard === undefined ? '' : guard.unmet(caller);
    const key = on.length === 0 ? unmet : `${unmet} ${on.join(' ')}`;
    let group = groups.get(key);
    if (group === undefined) {
      const onLabels = new Set(on);
      const restricted = unmet === '' ? undefined : guard?.restrict(unmet);
      const overrides = labels.length === 0 ? undefined : new Map(labels.map((label) => [label, onLabels.has(label)]));
      group = { caller, labels: onLabels, options: { restricted, overrides }, plans: new Map() };
      setWithLimit(groups, key, group);
    }
    return group;
  }

  /** Drops a plan that cannot be compiled, so that the next request compiles it again. */
  async function compile({ plans, options }: CallerPlans, key: string, variables: Readonly<Record<string, unknown>>) {
    const pending = compiler.compile(variables, options);
    setWithLimit<Plan>(plans, key, pending);
    try {
      const plan = await pending;
      if (plans.get(key) === pending) plans.set(key, plan);
      onGrowth?.();
      return plan;
    } catch (error) {
      if (plans.get(key) === pending) plans.delete(key);
      throw error;
    }
  }

  const planFor: OperationPlans['planFor'] = (caller, isLabelOn, variables) => {
    const group = groupOf(caller, labels.filter(isLabelOn));
    const key = compiler.keyOf(variables);
    return group.plans.get(key) ?? compile(group, key, variables);
  };

  return {
    planFor,
    get size() {
      let size = 1;
      for (const { plans } of groups.values()) {
        size += 1;
        for (const plan of plans.values()) if ('size' in plan) size += plan.size;
      }
      return size;
    },
    get callers() {
      return [...groups.values()].map(({ caller, labels: on, plans }) => ({
        caller,
        labels: on,
        conditionValues: [...plans.values()].flatMap((plan) => ('size' in plan ? [plan.conditionValues] : [])),
      }));
    },
    async prepare(callers = [{ caller: undefined, labels: new Set() }]) {
      for (const { caller, labels: on, conditionValues = compiler.conditionValues } of callers) {
        for (const values of conditionValues) await planFor(caller, (label) => on.has(label), values);
      }
    },
  };
}

/** Removes the oldest entry of a full map. */
function setWithLimit<Value>(map: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = map.keys();
  if (map.size >= MAX_PLANS && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
