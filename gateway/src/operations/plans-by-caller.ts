import type { Caller } from '../directives/access.ts';
import { type IsLabelOn, overrideLabelsOf } from '../directives/override.ts';
import { type CompiledOperation, type CompileOptions, compileOperation } from '../execution/compile-operation.ts';
import type { ConditionValues } from '../execution/condition-values.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { guardOperation } from './authorize-operation.ts';

/** An operation as different callers get it. */
export interface PlansByCaller {
  /** About what they take of memory, in bytes. */
  readonly size: number;
  /**
   * The operation for a caller: without what they are not permitted, by the subgraphs that the labels choose. Callers with whom all of that
   * is equal get the same.
   *
   * @throws GraphQLError when it asks for more than can be planned
   */
  planFor(caller: Caller, isLabelOn: IsLabelOn): CompiledOperation;
  /** Whom it was callers for by, and for what: one caller of those that get the same. */
  readonly callers: readonly RepresentativeCaller[];
  /**
   * Plans and compiles it before it is callers for: for callers like these, or for nobody in particular.
   *
   * @throws GraphQLError when it asks for more than can be planned
   */
  prepare(callers?: readonly RepresentativeCaller[]): Promise<void>;
}

/** A caller, and what the operation was for it. */
export interface RepresentativeCaller {
  readonly caller: Caller;
  readonly labels: ReadonlySet<string>;
  readonly conditionValues?: readonly ConditionValues[];
}

/** Variants of one operation that are kept. */
const MAX_PLANS = 32;

/** Compiles an operation of a valid document once for each set of callers that get the same of it. */
export function createPlansByCaller(
  supergraph: ExecutableSupergraph,
  operation: NormalizedOperation,
  options: Pick<CompileOptions, 'deferLabels' | 'onGrowth'> = {},
): PlansByCaller {
  const { apiSchema, accessRules, overrideLabels } = supergraph;
  const guard = guardOperation(apiSchema, accessRules, operation);
  const labels = overrideLabelsOf(apiSchema, overrideLabels, operation);
  const plans = new Map<string, RepresentativeCaller & { readonly compiled: CompiledOperation }>();

  function compile(unmet: string, on: ReadonlySet<string>): CompiledOperation {
    const restricted = unmet === '' ? undefined : guard?.restrict(unmet);
    const overrides = labels.length === 0 ? undefined : new Map(labels.map((label) => [label, on.has(label)]));
    return compileOperation(supergraph, operation, { ...options, restricted, overrides });
  }

  function planOf(unmet: string, caller: Caller, on: readonly string[]): CompiledOperation {
    const key = on.length === 0 ? unmet : `${unmet} ${on.join(' ')}`;
    let existing = plans.get(key);
    if (existing === undefined) {
      const onLabels = new Set(on);
      existing = { caller, labels: onLabels, compiled: compile(unmet, onLabels) };
      const [oldest] = plans.keys();
      if (plans.size >= MAX_PLANS && oldest !== undefined) plans.delete(oldest);
      plans.set(key, existing);
    }
    return existing.compiled;
  }

  const planFor: PlansByCaller['planFor'] = (caller, isLabelOn) =>
    planOf(guard === undefined ? '' : guard.unmet(caller), caller, labels.filter(isLabelOn));

  return {
    planFor,
    get size() {
      let size = 1;
      for (const { compiled } of plans.values()) size += compiled.size;
      return size;
    },
    get callers() {
      return [...plans.values()].map(({ compiled, caller, labels }) => ({
        caller,
        labels,
        conditionValues: compiled.conditionValues,
      }));
    },
    async prepare(callers = [{ caller: undefined, labels: new Set() }]) {
      for (const { caller, labels, conditionValues } of callers) {
        await planFor(caller, (label) => labels.has(label)).prepare(conditionValues);
      }
    },
  };
}
