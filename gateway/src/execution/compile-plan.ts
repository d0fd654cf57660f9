import type { DeferNode, FetchNode, PlanNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { operationLabel } from '../directives/defer.ts';
import type { Run } from './execution-context.ts';
import { compileFetch, type Step } from './fetch/fetch-entities.ts';
import { sharedEntities } from './fetch/reuse-entities.ts';

/** A part of a plan of which the answer comes later. */
export interface DeferredStep {
  /** That of the operation; several parts may be about one fragment. */
  readonly label: string;
  /** The part that it stands in. */
  readonly within: DeferredStep | undefined;
  /** Fetches that it needs to be finished. */
  readonly depends: readonly string[];
  readonly step: Step;
}

export interface CompiledPlan {
  readonly step: Step;
  /** Empty unless the plan was made for incremental delivery. */
  readonly deferred: readonly DeferredStep[];
}

/** Compiles a fetch of the objects at a path. */
type CompileFetch = (node: FetchNode, path: ResponsePath) => Step;

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
  const sharing = sharedEntities(schema, node);
  const compile: CompileFetch = (fetch, path) => compileFetch(schema, fetch, path, sharing(fetch));
  if (node.kind !== 'Defer') return { step: compileNode(compile, node, []), deferred: [] };
  return { step: optional(compile, node.primary.node, []), deferred: compileDeferred(compile, node, undefined) };
}

/** Blocks within others come after those. */
function compileDeferred(
  compile: CompileFetch,
  { deferred }: DeferNode,
  within: DeferredStep | undefined,
): DeferredStep[] {
  return deferred.flatMap(({ label = '', depends, node }) => {
    const [own, inner] = node?.kind === 'Defer' ? [node.primary.node, node] : [node, undefined];
    const step = optional(compile, own, []);
    const block = { label: operationLabel(label), within, depends: depends.map(({ id }) => id), step };
    return [block, ...(inner === undefined ? [] : compileDeferred(compile, inner, block))];
  });
}

function compileNode(compile: CompileFetch, node: PlanNode, path: ResponsePath): Step {
  switch (node.kind) {
    case 'Fetch':
      return telling(node.id, compile(node, path));
    case 'Flatten':
      return compileNode(compile, node.node, [...path, ...node.path]);
    case 'Sequence':
      return inSequence(node.nodes.map((child) => compileNode(compile, child, path)));
    case 'Parallel':
      return inParallel(node.nodes.map((child) => compileNode(compile, child, path)));
    case 'Condition':
      return conditional(
        node.condition,
        optional(compile, node.ifClause, path),
        optional(compile, node.elseClause, path),
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

function optional(compile: CompileFetch, node: PlanNode | undefined, path: ResponsePath): Step {
  return node === undefined ? () => undefined : compileNode(compile, node, path);
}

function inSequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) {
      if (run.isAbandoned?.()) return;
      await step(run);
    }
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
