import { GraphQLError } from 'graphql';
import type { CostDirectives } from '../directives/cost.ts';
import { labelDefers } from '../directives/defer.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { Variables } from '../execution/variables.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { type CoerceVariables, createVariableCoercion } from './coerce-variables.ts';
import { operationCost } from './operation-cost.ts';
import { createOperationPlans, type OperationPlans } from './operation-plans.ts';

/** A valid operation that is ready for requests: their variables, its cost and its plans. */
export interface PreparedOperation {
  readonly kind: NormalizedOperation['operation'];
  readonly name: string | undefined;
  readonly plans: OperationPlans;
  /** The plans for incremental delivery; undefined when the operation defers nothing. */
  readonly incrementalPlans: OperationPlans | undefined;
  /** Approximate size in bytes; it grows with each plan. */
  readonly size: number;
  readonly variables: CoerceVariables;
  /** @throws GraphQLError `COST_LIMIT_EXCEEDED` */
  checkCost(variables: Variables): void;
}

export interface PrepareOptions {
  readonly supergraph: ExecutableSupergraph;
  readonly directives: CostDirectives;
  /** Limit of objects that the response may contain. */
  readonly maxCost: number;
  /** True when messages may suggest names of the schema to clients. */
  readonly hints: boolean;
  /** Called when the operation has grown. */
  readonly onGrowth: () => void;
}

/** Bytes of a parsed document for each character of its text, measured by heap snapshots of random operations. */
export const DOCUMENT_BYTES_PER_CHARACTER = 16;

/** @param text of a document with this operation alone */
export function prepareOperation(
  { supergraph, directives, maxCost, hints, onGrowth }: PrepareOptions,
  operation: NormalizedOperation,
  text: string,
): PreparedOperation {
  const { apiSchema } = supergraph;
  const plans = createOperationPlans(supergraph, operation, { onGrowth });
  const deferring = labelDefers(operation);
  const incrementalPlans =
    deferring && createOperationPlans(supergraph, deferring.operation, { deferLabels: deferring.labels, onGrowth });
  const costOf = ({ coerced }: Variables) => operationCost(apiSchema, operation, coerced, directives);
  /** Costs for variables that all requests of one text share. */
  const costs = new WeakMap<Variables, number>();
  return {
    kind: operation.operation,
    name: operation.name?.value,
    plans,
    incrementalPlans,
    get size() {
      return DOCUMENT_BYTES_PER_CHARACTER * text.length + plans.size + (incrementalPlans?.size ?? 0);
    },
    variables: createVariableCoercion(apiSchema, operation, { hints }),
    checkCost(variables) {
      const cost = costs.get(variables) ?? costOf(variables);
      if (variables.isConstant) costs.set(variables, cost);
      if (cost <= maxCost) return;
      throw new GraphQLError(
        `The operation costs ${cost}, and the limit is ${maxCost}: request fewer objects or smaller pages.`,
        { extensions: { code: 'COST_LIMIT_EXCEEDED', cost, limit: maxCost } },
      );
    },
  };
}
