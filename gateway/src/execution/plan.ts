import type { PlanNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { compileFetch, type Step } from './fetch.ts';
import type { Run } from './run.ts';

/**
 * Compiles a query plan once for all its executions.
 *
 * @param schema of the supergraph, with what the API hides
 * @throws Error for a plan of a kind that is not executed here
 */
export function compilePlan(schema: GraphQLSchema, plan: QueryPlan): Step {
  if (plan.node === undefined) return () => undefined;
  if (plan.node.kind === 'Subscription') throw new Error('Subscriptions are not executed.');
  return compileNode(schema, plan.node, []);
}

function compileNode(schema: GraphQLSchema, node: PlanNode, path: ResponsePath): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(schema, node, path);
    case 'Flatten':
      return compileNode(schema, node.node, [...path, ...node.path]);
    case 'Sequence':
      return inSequence(node.nodes.map((child) => compileNode(schema, child, path)));
    case 'Parallel':
      return inParallel(node.nodes.map((child) => compileNode(schema, child, path)));
    case 'Condition':
      return conditional(
        node.condition,
        optional(schema, node.ifClause, path),
        optional(schema, node.elseClause, path),
      );
    case 'Defer':
      throw new Error('The plan was made for incremental delivery.');
  }
}

function optional(schema: GraphQLSchema, node: PlanNode | undefined, path: ResponsePath): Step {
  return node === undefined ? () => undefined : compileNode(schema, node, path);
}

function inSequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) await step(run);
  };
}

function inParallel(steps: readonly Step[]): Step {
  return async (run) => {
    const running: Promise<void>[] = [];
    for (const step of steps) {
      const begun = step(run);
      if (begun !== undefined) running.push(begun);
    }
    await Promise.all(running);
  };
}

function conditional(variable: string, whenTrue: Step, whenFalse: Step): Step {
  return (run: Run) => (run.coerced[variable] === true ? whenTrue(run) : whenFalse(run));
}
