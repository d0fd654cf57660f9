import { MAX_REFUSALS } from '@marquee/graphql-over-http/error-limits';
import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import type { Trace } from '@marquee/runtime/tracing';
import { GraphQLError, getVariableValues, type VariableDefinitionNode } from 'graphql';
import type { CostDirectives } from '../directives/cost.ts';
import { labelDefers } from '../directives/defer.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { type Variables, variablesRejected } from '../execution/variables.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { setOwn } from '../graphql/own-property.ts';
import { InFlight } from '../subgraphs/in-flight.ts';
import { exactVariables } from './exact-variables.ts';
import type { LiftedLiterals } from './lifted-literals.ts';
import { operationCost } from './operation-cost.ts';
import { createPlansByCaller, type PlansByCaller } from './plans-by-caller.ts';
import type { ResponseBody } from './response-body.ts';
import { selectOperation } from './validate-document.ts';

/** An operation that may be executed. */
export interface PreparedOperation {
  readonly kind: NormalizedOperation['operation'];
  readonly name: string | undefined;
  /** As different callers get it. */
  readonly plans: PlansByCaller;
  /** The same for clients that take parts of the answer later; undefined where it has none. */
  readonly incrementalPlans: PlansByCaller | undefined;
  /** About what it takes of memory, in bytes; it grows as it is executed. */
  readonly size: number;
  /**
   * The variables of a request that the operation defines, and those that stand for literals of its text.
   *
   * @param text as the client sent it
   * @throws OperationRefused for variables that do not fit
   */
  variables(given: Readonly<Record<string, unknown>>, text: string, literals: LiftedLiterals): Variables;
  /** @throws GraphQLError `COST_LIMIT_EXCEEDED` */
  checkCost(variables: Variables): void;
  /** Executions of queries in progress, by what makes them equal; one that is cancelled has no answer. */
  readonly inFlight: InFlight<ResponseBody | undefined, Trace | undefined>;
}

export interface PrepareOptions {
  readonly supergraph: ExecutableSupergraph;
  readonly directives: CostDirectives;
  /** Objects that the answer may hold. */
  readonly maxCost: number;
  /** True when messages may suggest names of the schema to clients. */
  readonly hints: boolean;
  /** Hears that an operation has become larger. */
  readonly onGrowth: () => void;
}

/** Bytes of a parsed document for each character of its text, as heap snapshots of random operations have it. */
export const DOCUMENT_BYTES_PER_CHARACTER = 16;

/** @param text the document's, which has this operation alone */
export function prepareOperation(
  { supergraph, directives, maxCost, hints, onGrowth }: PrepareOptions,
  operation: NormalizedOperation,
  text: string,
): PreparedOperation {
  const { apiSchema } = supergraph;
  const coercion = { maxErrors: MAX_REFUSALS, hideSuggestions: !hints };
  const definitions = operation.variableDefinitions ?? [];
  const plans = createPlansByCaller(supergraph, operation, { onGrowth });
  const deferring = labelDefers(operation);
  const incrementalPlans =
    deferring &&
    createPlansByCaller(supergraph, deferring.operation, {
      deferLabels: deferring.labels,
      onGrowth,
    });
  const costOf = (variables: Readonly<Record<string, unknown>>) =>
    operationCost(apiSchema, operation, variables, directives);
  /** By variables that are the same in each request. */
  const costs = new WeakMap<Variables, number>();
  return {
    kind: operation.operation,
    name: operation.name?.value,
    plans,
    incrementalPlans,
    inFlight: new InFlight(),
    get size() {
      return DOCUMENT_BYTES_PER_CHARACTER * text.length + plans.size + (incrementalPlans?.size ?? 0);
    },
    variables(given, sent, literals) {
      if (literals.size === definitions.length) return literals.constants;
      const own = literals.size === 0 ? definitions : definitions.filter((node) => !literals.has(nameOf(node)));
      const { coerced, errors } = getVariableValues(apiSchema, own, given, coercion);
      if (errors === undefined) return literals.addTo({ given: definedOf(own, exactVariables(given)), coerced });
      // Its own definitions say where in the client's text the mistake is.
      const named = selectOperation(parseDocument(sent), operation.name?.value);
      const located = named instanceof GraphQLError ? [] : (named.variableDefinitions ?? []);
      throw variablesRejected(getVariableValues(apiSchema, located, given, coercion).errors ?? errors);
    },
    checkCost(variables) {
      const cost = costs.get(variables) ?? costOf(variables.coerced);
      if (variables.isConstant) costs.set(variables, cost);
      if (cost <= maxCost) return;
      throw new GraphQLError(
        `The operation costs ${cost}, and ${maxCost} is the most that is allowed: ask for fewer things or smaller pages.`,
        { extensions: { code: 'COST_LIMIT_EXCEEDED', cost, limit: maxCost } },
      );
    },
  };
}

const nameOf = ({ variable }: VariableDefinitionNode) => variable.name.value;

/** The values of variables that are defined; others are nothing to the operation, however large or deep they are. */
function definedOf(
  definitions: readonly VariableDefinitionNode[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const defined: Record<string, unknown> = {};
  for (const definition of definitions) {
    const name = nameOf(definition);
    if (Object.hasOwn(given, name)) setOwn(defined, name, given[name]);
  }
  return defined;
}
