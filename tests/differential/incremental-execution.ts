import { setTimeout as sleep } from 'node:timers/promises';
import { labelDefers } from '@marquee/gateway/directives/defer';
import { createPlanCompiler } from '@marquee/gateway/execution/executable-plan';
import { executeIncrementally } from '@marquee/gateway/execution/execute-plan';
import { normalizeOperation } from '@marquee/gateway/operations/normalize-operation';
import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';
import { type Outcome, variablesOf, type Wire } from './gateways.ts';
import type { Execution } from './generated-data.ts';
import type { Graph } from './graph.ts';

/** The initial and the deferred results of an operation. */
export interface Parts {
  readonly first: Outcome;
  readonly later: readonly (Outcome & { readonly path: readonly (string | number)[] })[];
}

/** Executes an operation with incremental delivery by our gateway's execution. */
export async function oursIncrementally(
  graph: Graph,
  document: DocumentNode,
  variables: Record<string, unknown>,
  execution: Execution,
  wire: Wire,
): Promise<Parts> {
  const { supergraph } = graph;
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const normalized = normalizeOperation(supergraph.apiSchema, document, operation as OperationDefinitionNode);
  const { operation: labelled, labels } = labelDefers(normalized) ?? { operation: normalized };
  const coerced = variablesOf(supergraph.apiSchema, normalized, variables);
  const { initialResult, subsequentResults } = await executeIncrementally(
    createPlanCompiler(supergraph, labelled, labels).compile(coerced.coerced),
    coerced,
    undefined,
    async ({ subgraph, body }) => {
      await sleep(wire.delay());
      const request = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      return JSON.parse(JSON.stringify(await graph.part(subgraph, request.query, request.variables, execution)));
    },
  );
  const later: Parts['later'][number][] = [];
  for await (const { incremental } of subsequentResults ?? [])
    later.push(...incremental.map((part) => ({ ...outcome(part), path: part.path })));
  return { first: outcome(initialResult), later };
}

function outcome({
  data,
  errors,
  valueCompletion,
}: { data: string } & Record<'errors' | 'valueCompletion', Outcome['errors']>): Outcome {
  return { data: JSON.parse(data), errors: [...errors, ...valueCompletion] };
}
