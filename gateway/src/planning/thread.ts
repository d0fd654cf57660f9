/** The planner's thread: it loads one supergraph and plans operations on it. Nothing else loads Apollo's planner. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorCauses } from '@apollo/federation-internals';
import { messageOf } from '@marquee/runtime/errors';
import { assertValidSchema, GraphQLError, type GraphQLSchema, parse, print, printSchema, visit } from 'graphql';
import { parseNormalizedOperation } from '../graphql/normalized-operation.ts';
import type { LoadResult, PlannerData, PlanRequest, PlanResult } from './messages.ts';
import { createSupergraphPlanner, type SupergraphPlanner } from './plan-supergraph.ts';

const { sdl, search } = workerData as PlannerData;
const MAX_REASONS = 5;

const supergraph = load();
if (supergraph !== undefined) {
  parentPort?.on('message', (request: PlanRequest) => send(plan(supergraph, request)));
}

function load(): SupergraphPlanner | undefined {
  try {
    const planner = createSupergraphPlanner(sdl, search);
    assertValidSchema(planner.apiSchema);
    const { apiSchema, fullSchema, plan: _, ...description } = planner;
    send({
      description: { ...description, apiSchema: printSchema(apiSchema), fullSchema: withoutDescriptions(fullSchema) },
    });
    return planner;
  } catch (error) {
    send({ reasons: reasonsOf(error) });
    return undefined;
  }
}

function plan(planner: SupergraphPlanner, { text, overrides }: PlanRequest): PlanResult {
  try {
    const plan = planner.plan(parseNormalizedOperation(text), overrides);
    return { plan: JSON.stringify(plan, withoutDocuments) };
  } catch (error) {
    return {
      message: messageOf(error),
      extensions: error instanceof GraphQLError ? JSON.parse(JSON.stringify(error.extensions)) : {},
    };
  }
}

/** Omits the parsed operations of fetches, which have them as text too. */
function withoutDocuments(key: string, value: unknown): unknown {
  return key === 'operationDocumentNode' ? undefined : value;
}

/** Prints a schema without descriptions, which no one reads in the full schema. */
function withoutDescriptions(schema: GraphQLSchema): string {
  const document = parse(printSchema(schema), { noLocation: true });
  return print(visit(document, { StringValue: (_node, key) => (key === 'description' ? null : undefined) }));
}

function reasonsOf(error: unknown): string[] {
  const causes = (error instanceof Error && errorCauses(error)) || [error];
  const messages = causes.slice(0, MAX_REASONS).map(messageOf);
  return causes.length > MAX_REASONS ? [...messages, `and ${causes.length - MAX_REASONS} more`] : messages;
}

function send(message: LoadResult | PlanResult): void {
  parentPort?.postMessage(message);
}
