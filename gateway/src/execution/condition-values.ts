import { Kind, visit } from 'graphql';
import { DEFER } from '../directives/defer.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';

/** Values of the variables in `@skip`, `@include` and `@defer`, for which an operation is planned. */
export type ConditionValues = Readonly<Record<string, unknown>>;

/** Returns the variables that decide which selections apply and, for incremental delivery, which are deferred. */
export function conditionVariables(operation: NormalizedOperation, isIncremental: boolean): string[] {
  const directives = ['skip', 'include', ...(isIncremental ? [DEFER] : [])];
  const names = new Set<string>();
  visit(operation, {
    Directive({ name, arguments: given = [] }) {
      if (!directives.includes(name.value)) return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Limit of conditions that are prepared for all their values. */
const MAX_PREPARED_CONDITIONS = 3;

/** Returns every combination of values; none when there are too many. */
export function allConditionValues(conditions: readonly string[]): ConditionValues[] {
  if (conditions.length > MAX_PREPARED_CONDITIONS) return [];
  return conditions.reduce<ConditionValues[]>(
    (combinations, name) =>
      combinations.flatMap((values) => [true, false].map((value) => ({ ...values, [name]: value }))),
    [{}],
  );
}
