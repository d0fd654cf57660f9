import type { DeferNode, PlanNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { compileFetch, type Step } from './fetch.ts';
import type { Run } from './run.ts';

/** A part of a plan of which the answer comes later. */
export interface DeferredStep {
  readonly label: string;
  /** The label of the part that it stands in. */
  readonly within: string | undefined;
  /** Fetches that it needs to be finished. */
  readonly depends: readonly string[];
  readonly step: Step;
}

export interface CompiledPlan {
  readonly step: Step;
  /** Empty unless the plan was made for incremental delivery. */
  readonly deferred: readonly DeferredStep[];
}

/**
 * Compiles a query plan once for all its executions.
 *
 * @param schema of the supergraph, with what the API hides
 * @throws Error for a plan of a kind that is not executed here
 */
export function compilePlan(schema: GraphQLSchema, plan: QueryPlan): CompiledPlan {
  const { node } = plan;
  if (node === undefined) return { step: () => undefined, deferred: [] };
  if (node.kind === 'Subscription') throw new Error('Subscriptions are not executed.');
  if (node.kind !== 'Defer') return { step: compileNode(schema, node, []), deferred: [] };
  return { step: optional(schema, node.primary.node, []), deferred: compileDeferred(schema, node, undefined) };
}

/** Blocks within others come after those. */
function compileDeferred(schema: GraphQLSchema, { deferred }: DeferNode, within: string | undefined): DeferredStep[] {
  return deferred.flatMap(({ label = '', depends, node }) => {
    const [own, inner] = node?.kind === 'Defer' ? [node.primary.node, node] : [node, undefined];
    const block = { label, within, depends: depends.map(({ id }) => id), step: optional(schema, own, []) };
    return [block, ...(inner === undefined ? [] : compileDeferred(schema, inner, label))];
  });
}

/** How many fetches of a part of a plan have each identifier: one may have been split. */
export function fetchCounts(node: QueryPlan['node'], counts = new Map<string, number>()): Map<string, number> {
  switch (node?.kind) {
    case 'Fetch':
      if (node.id !== undefined) counts.set(node.id, (counts.get(node.id) ?? 0) + 1);
      break;
    case 'Flatten':
      fetchCounts(node.node, counts);
      break;
    case 'Sequence':
    case 'Parallel':
      for (const child of node.nodes) fetchCounts(child, counts);
      break;
    case 'Condition':
      fetchCounts(node.ifClause, counts);
      fetchCounts(node.elseClause, counts);
      break;
    case 'Defer':
      fetchCounts(node.primary.node, counts);
      for (const block of node.deferred) fetchCounts(block.node, counts);
  }
  return counts;
}

function compileNode(schema: GraphQLSchema, node: PlanNode, path: ResponsePath): Step {
  switch (node.kind) {
    case 'Fetch':
      return telling(node.id, compileFetch(schema, node, path));
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
      throw new Error('What comes later stands within what does not.');
  }
}

/** What comes later may wait for it. */
function telling(id: string | undefined, step: Step): Step {
  if (id === undefined) return step;
  return async (run) => {
    await step(run);
    run.fetched?.(id);
  };
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
