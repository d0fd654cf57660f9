import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner';
import { print, stripIgnoredCharacters } from 'graphql';
import { parseFetch } from '../graphql/fetch-nodes.ts';
import type { PreprocessedSupergraph } from './preprocess-supergraph.ts';
import { splitByRequirements } from './split-by-requirements.ts';
import { variablesOf } from './used-variables.ts';
import { mergeKeylessFragments } from './workarounds/merge-keyless-fragments.ts';
import { argumentRewrites, restoreArguments } from './workarounds/specialize-required-arguments.ts';

/** Corrects the fetches of a plan on a preprocessed supergraph. */
export function postprocessPlan(supergraph: PreprocessedSupergraph, plan: QueryPlan): QueryPlan {
  const { node } = plan;
  if (node === undefined) return plan;
  if (node.kind !== 'Subscription') return { ...plan, node: postprocessNode(supergraph, node) };
  return { ...plan, node: postprocessSubscription(supergraph, node) };
}

function postprocessSubscription(supergraph: PreprocessedSupergraph, node: SubscriptionNode): SubscriptionNode {
  const { rest } = node;
  return {
    ...node,
    // A fetch of a root field requires nothing, so it is never split.
    primary: postprocessFetch(supergraph, node.primary) as FetchNode,
    ...(rest && { rest: postprocessNode(supergraph, rest) }),
  };
}

function postprocessNode(supergraph: PreprocessedSupergraph, node: PlanNode): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => postprocessNode(supergraph, child)) };
    case 'Flatten':
      return { ...node, node: postprocessNode(supergraph, node.node) };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: postprocessNode(supergraph, node.ifClause) }),
        ...(node.elseClause && { elseClause: postprocessNode(supergraph, node.elseClause) }),
      };
    case 'Defer':
      return {
        ...node,
        primary: postprocessBlock(supergraph, node.primary),
        deferred: node.deferred.map((block) => postprocessBlock(supergraph, block)),
      };
    case 'Fetch':
      return postprocessFetch(supergraph, node);
  }
}

/** Corrects the primary block or a deferred block of a plan. */
function postprocessBlock<Block extends { node?: PlanNode }>(supergraph: PreprocessedSupergraph, block: Block): Block {
  return block.node === undefined ? block : { ...block, node: postprocessNode(supergraph, block.node) };
}

function postprocessFetch(supergraph: PreprocessedSupergraph, planned: FetchNode): PlanNode {
  const { requires } = planned;
  const node = requires === undefined ? planned : { ...planned, requires: mergeKeylessFragments(supergraph, requires) };
  if (supergraph.specialized.size === 0 && supergraph.interfaceObjects.size === 0) return node;
  const parts = splitByRequirements(supergraph, node, parseFetch(node));
  const fetches = parts.map((part) => ({
    ...node,
    operation: stripIgnoredCharacters(print(restoreArguments(supergraph.specialized, part.operation))),
    ...(node.variableUsages && {
      variableUsages: node.variableUsages.filter((name) => variablesOf(part.operation).has(name)),
    }),
    ...(part.requires && { requires: part.requires, ...inputRewrites(supergraph, node, part.requires) }),
  }));
  const [only] = fetches;
  return fetches.length === 1 && only ? only : { kind: 'Parallel', nodes: fetches };
}

function inputRewrites(
  supergraph: PreprocessedSupergraph,
  node: FetchNode,
  requires: readonly QueryPlanSelectionNode[],
): Pick<FetchNode, 'inputRewrites'> {
  const rewrites = [...(node.inputRewrites ?? []), ...argumentRewrites(supergraph.specialized, requires)];
  return rewrites.length === 0 ? {} : { inputRewrites: rewrites };
}
