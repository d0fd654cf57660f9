import type { DeferNode, FetchNode, PlanNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { operationLabel } from '../directives/defer.ts';
import type { ExecutionContext, PlanStep } from './execution-context.ts';
import { compileEntityFetch } from './fetch/fetch-entities.ts';
import { compileEventSource, compileRootFetch, type EventSource } from './fetch/fetch-root.ts';
import { findReusableFetches } from './fetch/reuse-entities.ts';

/** A part of a plan whose result is deferred. */
export interface DeferredBlock {
  /** The operation's label; several blocks may belong to one fragment. */
  readonly label: string;
  /** The block around it. */
  readonly parent: DeferredBlock | undefined;
  /** Identifiers of the fetches that must be done first. */
  readonly depends: readonly string[];
  readonly step: PlanStep;
}

export interface CompiledPlan {
  readonly step: PlanStep;
  /** Empty unless the plan was made for incremental delivery. */
  readonly deferred: readonly DeferredBlock[];
  /** The root field of a subscription, for whose events the step runs; undefined for other operations. */
  readonly source?: EventSource;
}

/** Compiles a fetch of the objects at a path. */
type CompileFetch = (node: FetchNode, path: ResponsePath) => PlanStep;

/**
 * Compiles a query plan once for all its executions.
 *
 * @param schema of the supergraph, with elements that the API schema hides
 */
export function compilePlan(schema: GraphQLSchema, plan: QueryPlan): CompiledPlan {
  const { node } = plan;
  if (node === undefined) return { step: () => undefined, deferred: [] };
  const reuseOf = findReusableFetches(schema, node);
  const compile: CompileFetch = (fetch, path) =>
    fetch.requires === undefined
      ? compileRootFetch(schema, fetch, path)
      : compileEntityFetch(schema, fetch, path, reuseOf(fetch));
  if (node.kind === 'Subscription') {
    const step = compileOptional(compile, node.rest, []);
    return { step, deferred: [], source: compileEventSource(schema, node.primary) };
  }
  if (node.kind !== 'Defer') return { step: compileNode(compile, node, []), deferred: [] };
  return { step: compileOptional(compile, node.primary.node, []), deferred: compileDeferred(compile, node, undefined) };
}

/** Returns each block before the blocks nested in it. */
function compileDeferred(
  compile: CompileFetch,
  { deferred }: DeferNode,
  parent: DeferredBlock | undefined,
): DeferredBlock[] {
  return deferred.flatMap(({ label = '', depends, node }) => {
    const [own, inner] = node?.kind === 'Defer' ? [node.primary.node, node] : [node, undefined];
    const step = compileOptional(compile, own, []);
    const block = { label: operationLabel(label), parent, depends: depends.map(({ id }) => id), step };
    return [block, ...(inner === undefined ? [] : compileDeferred(compile, inner, block))];
  });
}

function compileNode(compile: CompileFetch, node: PlanNode, path: ResponsePath): PlanStep {
  switch (node.kind) {
    case 'Fetch':
      return reportingFetch(node.id, recordedFetch(node, compile(node, path)));
    case 'Flatten':
      return compileNode(compile, node.node, [...path, ...node.path]);
    case 'Sequence':
      return inSequence(node.nodes.map((child) => compileNode(compile, child, path)));
    case 'Parallel':
      return inParallel(node.nodes.map((child) => compileNode(compile, child, path)));
    case 'Condition':
      return conditional(
        node.condition,
        compileOptional(compile, node.ifClause, path),
        compileOptional(compile, node.elseClause, path),
      );
    case 'Defer':
      throw new Error('Unexpected Defer node inside a plan node that is not deferred.');
  }
}

/** Records the run of a fetch where the client requested it. */
function recordedFetch(node: FetchNode, step: PlanStep): PlanStep {
  return (context) =>
    context.recording === undefined ? step(context) : context.recording.run(node, () => step(context));
}

/** Reports the end of a fetch that deferred blocks depend on. */
function reportingFetch(id: string | undefined, step: PlanStep): PlanStep {
  if (id === undefined) return step;
  return async (context) => {
    await step(context);
    context.onFetchDone?.(id);
  };
}

function compileOptional(compile: CompileFetch, node: PlanNode | undefined, path: ResponsePath): PlanStep {
  return node === undefined ? () => undefined : compileNode(compile, node, path);
}

function inSequence(steps: readonly PlanStep[]): PlanStep {
  return async (context) => {
    for (const step of steps) {
      if (context.isAbandoned?.()) return;
      await step(context);
    }
  };
}

function inParallel(steps: readonly PlanStep[]): PlanStep {
  return async (context) => {
    const running: Promise<void>[] = [];
    for (const step of steps) {
      const promise = step(context);
      if (promise !== undefined) running.push(promise);
    }
    await Promise.all(running);
  };
}

function conditional(variable: string, whenTrue: PlanStep, whenFalse: PlanStep): PlanStep {
  return (context: ExecutionContext) => (context.coerced[variable] === true ? whenTrue(context) : whenFalse(context));
}
