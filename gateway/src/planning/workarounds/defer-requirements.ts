/**
 * Fault: the planner throws at a `@requires` below a field of a deferred fragment, and at a type condition on an
 * interface that a subgraph defines as an object: it fetches what the fragment needs for the primary part, unless the
 * fragment's first fetch does. Such selections are therefore deferred once more, and their block is merged into the
 * block around it.
 *
 * Input: `{ ... @defer(label: "a") { orders { tax } } }` on the subgraphs
 *
 *     # stock
 *     type Order @key(fields: "id") { id: ID! price: Int }
 *     # taxes
 *     type Query { orders: [Order] }
 *     type Order @key(fields: "id") { id: ID! price: Int @external tax: Int @requires(fields: "price") }
 *
 * The planner throws "[…] has deferRef "a", so its child […] cannot have a top-level deferRef".
 */
import type { DeferNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { type GraphQLCompositeType, type GraphQLSchema, Kind } from 'graphql';
import { operationLabel } from '../../directives/defer.ts';
import { possibleObjectTypes } from '../../graphql/collect-fields.ts';
import { countFetchesById } from '../../graphql/fetch-nodes.ts';
import type { NormalizedSelection } from '../../graphql/normalized-operation.ts';
import type { PreprocessedSupergraph } from '../preprocess-supergraph.ts';

/** Returns true for a selection that is deferred once more below a field of a deferred fragment. */
export type IsRequiring = (type: GraphQLCompositeType, selection: NormalizedSelection) => boolean;

export function requirementDetector(
  { requirements, interfaceObjects }: PreprocessedSupergraph,
  schema: GraphQLSchema,
): IsRequiring {
  const withoutSubgraph = (key: string) => key.slice(key.lastIndexOf(' ') + 1);
  const requiring = new Set([...requirements.keys()].map(withoutSubgraph));
  const interfaces = new Set([...interfaceObjects].map(withoutSubgraph));
  return (type, selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return selection.typeCondition !== undefined && interfaces.has(type.name);
    }
    const owners = [type, ...possibleObjectTypes(schema, type)];
    return owners.some(({ name }) => requiring.has(`${name}.${selection.name.value}`));
  };
}

type Block = DeferNode['deferred'][number];

/** Merges the blocks of helper fragments into the blocks around them, behind the rest of their fetches. */
export function inlineHelperDefers(plan: QueryPlan): QueryPlan {
  return plan.node?.kind === 'Defer' ? { ...plan, node: inlineNode(plan.node) } : plan;
}

function inlineNode(node: DeferNode): DeferNode {
  return { ...node, deferred: node.deferred.map(inlineBlock) };
}

function inlineBlock(block: Block): Block {
  if (block.node?.kind !== 'Defer') return block;
  const inner = inlineNode(block.node);
  const helpers = inner.deferred.filter(isHelper);
  if (helpers.length === 0) return { ...block, node: inner };
  const behind = helpers.flatMap(({ node }) => (node?.kind === 'Defer' ? node.primary.node : node) ?? []);
  const main = groupOf('Sequence', [...(inner.primary.node ? [inner.primary.node] : []), groupOf('Parallel', behind)]);
  const fetched = countFetchesById(main);
  const depends = helpers.flatMap((helper) => helper.depends).filter(({ id }) => !fetched.has(id));
  const deferred = [
    ...inner.deferred.filter((other) => !isHelper(other)),
    ...helpers.flatMap(({ node }) => (node?.kind === 'Defer' ? node.deferred : [])),
  ];
  const node = deferred.length === 0 ? main : { ...inner, primary: { ...inner.primary, node: main }, deferred };
  return { ...block, depends: [...block.depends, ...depends], node };
}

const isHelper = ({ label = '' }: Block) => operationLabel(label) === '';

function groupOf(kind: 'Sequence' | 'Parallel', nodes: PlanNode[]): PlanNode {
  return nodes.length === 1 && nodes[0] ? nodes[0] : { kind, nodes };
}
