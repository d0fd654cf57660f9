import type { DeferNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { operationLabel } from '../../directives/defer.ts';
import { countFetchesById } from '../../graphql/fetch-nodes.ts';

type Block = DeferNode['deferred'][number];

/** A plan in which what was deferred for the planner's sake alone is fetched with the fragment around it, behind the rest of that. */
export function inlineHelperDefers(plan: QueryPlan): QueryPlan {
  return plan.node?.kind === 'Defer' ? { ...plan, node: inlineNode(plan.node) } : plan;
}

function inlineNode(node: DeferNode): DeferNode {
  return { ...node, deferred: node.deferred.map(inlineBlock) };
}

function inlineBlock(block: Block): Block {
  if (block.node?.kind !== 'Defer') return block;
  const inner = inlineNode(block.node);
  const own = inner.deferred.filter(isHelper);
  if (own.length === 0) return { ...block, node: inner };
  const behind = own.flatMap(({ node }) => (node?.kind === 'Defer' ? node.primary.node : node) ?? []);
  const main = of('Sequence', [...(inner.primary.node ? [inner.primary.node] : []), of('Parallel', behind)]);
  const fetched = countFetchesById(main);
  const depends = own.flatMap((one) => one.depends).filter(({ id }) => !fetched.has(id));
  const deferred = [
    ...inner.deferred.filter((one) => !isHelper(one)),
    ...own.flatMap(({ node }) => (node?.kind === 'Defer' ? node.deferred : [])),
  ];
  const node = deferred.length === 0 ? main : { ...inner, primary: { ...inner.primary, node: main }, deferred };
  return { ...block, depends: [...block.depends, ...depends], node };
}

const isHelper = ({ label = '' }: Block) => operationLabel(label) === '';

function of(kind: 'Sequence' | 'Parallel', nodes: PlanNode[]): PlanNode {
  return nodes.length === 1 && nodes[0] ? nodes[0] : { kind, nodes };
}
