import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import type { Trace } from '@marquee/runtime/tracing';
import { type DocumentNode, GraphQLError, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { InFlight } from '../application/in-flight.ts';
import { labelDefers } from '../execution/defer-directive.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { OperationRefused, type Variables } from '../execution/operation.ts';
import { type OperationVariants, operationVariants } from '../execution/operation-variants.ts';
import type { AnswerBody } from './answer-body.ts';
import { operationOf } from './check-document.ts';
import type { CostDirectives } from './cost-directives.ts';
import { operationCost } from './operation-cost.ts';

/** An operation that may be executed. */
export interface ReadyOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly name: string | undefined;
  /** As different callers get it. */
  readonly variants: OperationVariants;
  /** The same for clients that take parts of the answer later; undefined where it has none. */
  readonly incremental: OperationVariants | undefined;
  /** About what it takes of memory, in bytes; it grows as it is executed. */
  readonly size: number;
  /**
   * The variables of a request.
   *
   * @param text as the client sent it
   * @throws OperationRefused for variables that do not fit
   */
  variables(given: Readonly<Record<string, unknown>>, text: string): Variables;
  /** @throws GraphQLError `COST_LIMIT_EXCEEDED` */
  checkCost(variables: Readonly<Record<string, unknown>>): void;
  /** Executions of queries in progress, by what makes them equal. */
  readonly inFlight: InFlight<AnswerBody, Trace | undefined>;
}

export interface ReadyOptions {
  readonly supergraph: ExecutableSupergraph;
  readonly directives: CostDirectives;
  /** Objects that the answer may hold. */
  readonly maxCost: number;
  /** Hears that an operation has become larger. */
  readonly onGrowth: () => void;
}

/** Bytes of a parsed document for each character of its text, as heap snapshots of random operations have it. */
const SIZE_OF_DOCUMENT = 16;

/** @param text the document's, which has this operation alone */
export function readyOperation(
  { supergraph, directives, maxCost, onGrowth }: ReadyOptions,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  text: string,
): ReadyOperation {
  const { apiSchema } = supergraph;
  const definitions = operation.variableDefinitions ?? [];
  const variants = operationVariants(supergraph, document, operation, { onGrowth });
  const deferring = labelDefers(document, operation);
  const incremental =
    deferring &&
    operationVariants(supergraph, { ...document, definitions: [deferring.operation] }, deferring.operation, {
      deferLabels: deferring.labels,
      onGrowth,
    });
  const costOf = (variables: Readonly<Record<string, unknown>>) =>
    operationCost(apiSchema, document, operation, variables, directives);
  let cost: number | undefined;
  return {
    kind: operation.operation,
    name: operation.name?.value,
    variants,
    incremental,
    inFlight: new InFlight(),
    get size() {
      return SIZE_OF_DOCUMENT * text.length + variants.size + (incremental?.size ?? 0);
    },
    variables(given, sent) {
      const { coerced, errors } = getVariableValues(apiSchema, definitions, given);
      if (errors === undefined) return { given, coerced };
      // Its own definitions say where in the client's text the mistake is.
      const own = operationOf(parseDocument(sent), operation.name?.value);
      const located = own instanceof GraphQLError ? [] : (own.variableDefinitions ?? []);
      throw new OperationRefused((getVariableValues(apiSchema, located, given).errors ?? errors).map(badInput));
    },
    checkCost(variables) {
      cost = definitions.length > 0 ? costOf(variables) : (cost ?? costOf(variables));
      if (cost <= maxCost) return;
      throw new GraphQLError(
        `The operation costs ${cost}, and ${maxCost} is the most that is allowed: ask for fewer things or smaller pages.`,
        { extensions: { code: 'COST_LIMIT_EXCEEDED', cost, limit: maxCost } },
      );
    },
  };
}

function badInput({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}
