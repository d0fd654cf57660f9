/**
 * Fault: in a deferred block, the planner puts the fetch of a field before the fetch of what the field requires.
 *
 * Input: `{ thing { ... @defer(label: "a") { last } } }` on the subgraphs
 *
 *     # first
 *     type Query { thing: Thing }
 *     type Thing @key(fields: "id") { id: ID! }
 *     # second
 *     type Thing @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }
 *     # third
 *     type Thing @key(fields: "sku") @key(fields: "no") { sku: ID! no: ID! deep: Int }
 *     # fourth
 *     type Thing @key(fields: "no") { no: ID! deep: Int @external last: Int @requires(fields: "deep") }
 *
 * The deferred block fetches `last`, which requires `deep`, and then `deep`.
 */
import type { DeferNode, FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind } from 'graphql';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import type { NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';

/** Response keys in fetched data, without regard to the types of the objects that have them. */
interface AvailableFields extends Map<string, AvailableFields> {}

/**
 * Moves each fetch of a plan with deferred blocks behind the fetches of what it requires.
 *
 * @returns undefined when there is no such order
 */
export function orderDeferredFetches(plan: QueryPlan): QueryPlan | undefined {
  if (plan.node?.kind !== 'Defer') return plan;
  const node = new FetchOrder().defer(plan.node, new Map());
  return node && { ...plan, node };
}

class FetchOrder {
  /** Fields that are available after each fetch. */
  readonly #after = new Map<string, AvailableFields>();

  defer(node: DeferNode, available: AvailableFields): DeferNode | undefined {
    const primary = node.primary.node && this.#node(node.primary.node, available, []);
    if (node.primary.node !== undefined && primary === undefined) return undefined;
    const deferred: DeferNode['deferred'] = [];
    for (const block of node.deferred) {
      const before: AvailableFields = new Map();
      add(before, block.depends.length === 0 ? available : new Map());
      for (const { id } of block.depends) add(before, this.#after.get(id) ?? available);
      const inner = block.node?.kind === 'Defer' ? this.defer(block.node, before) : this.#optional(block.node, before);
      if (block.node !== undefined && inner === undefined) return undefined;
      deferred.push(inner === undefined ? block : { ...block, node: inner });
    }
    return { ...node, primary: { ...node.primary, ...(primary && { node: primary }) }, deferred };
  }

  #optional(node: PlanNode | undefined, available: AvailableFields): PlanNode | undefined {
    return node && this.#node(node, available, []);
  }

  /** Returns the node in order and adds its fields to the available ones; returns undefined when a required field is missing. */
  #node(node: PlanNode, available: AvailableFields, path: readonly string[]): PlanNode | undefined {
    switch (node.kind) {
      case 'Fetch':
        return this.#fetch(node, available, path) ? node : undefined;
      case 'Flatten': {
        const inner = this.#node(node.node, available, [...path, ...node.path.map(String).filter(isKey)]);
        return inner && { ...node, node: inner };
      }
      case 'Sequence':
      case 'Parallel':
        return this.#several(node, available, path);
      default:
        return undefined;
    }
  }

  /** Delays nodes that lack a field until the others are done. */
  #several(
    node: Extract<PlanNode, { nodes: PlanNode[] }>,
    available: AvailableFields,
    path: readonly string[],
  ): PlanNode | undefined {
    const stages: PlanNode[] = [];
    let left = node.nodes;
    while (left.length > 0) {
      const ready: PlanNode[] = [];
      const delayed: PlanNode[] = [];
      const fetched: AvailableFields = new Map();
      for (const child of left) {
        const after = copy(available);
        const ordered = this.#node(child, after, path);
        if (ordered === undefined) delayed.push(child);
        else ready.push(ordered);
        if (ordered !== undefined) add(node.kind === 'Sequence' ? available : fetched, after);
      }
      if (ready.length === 0) return undefined;
      add(available, fetched);
      stages.push(ready.length === 1 && ready[0] ? ready[0] : { kind: node.kind, nodes: ready });
      left = delayed;
    }
    return stages.length === 1 && stages[0] ? stages[0] : { kind: 'Sequence', nodes: stages };
  }

  #fetch(node: FetchNode, available: AvailableFields, path: readonly string[]): boolean {
    const { id, requires = [], outputRewrites = [] } = node;
    const at = path.reduce((above: AvailableFields | undefined, key) => above?.get(key), available);
    if (requires.length > 0 && (at === undefined || !hasAll(at, requires))) return false;
    const fetched: AvailableFields = new Map();
    addSelections(fetched, parseFetch(node).selectionSet);
    for (const rewrite of outputRewrites) if (rewrite.kind === 'KeyRenamer') renameEverywhere(fetched, rewrite);
    let place = available;
    for (const key of path) place = below(place, key);
    add(place, requires.length > 0 ? (fetched.get('_entities') ?? new Map()) : fetched);
    if (id !== undefined) this.#after.set(id, copy(available));
    return true;
  }
}

const isKey = (step: string) => step !== '@';

function hasAll(available: AvailableFields, selections: readonly QueryPlanSelectionNode[]): boolean {
  return selections.every((selection) => {
    if (selection.kind === 'InlineFragment') return hasAll(available, selection.selections);
    const key = selection.alias ?? selection.name;
    if (key === '__typename') return true;
    const under = available.get(key);
    return under !== undefined && hasAll(under, selection.selections ?? []);
  });
}

function below(available: AvailableFields, key: string): AvailableFields {
  const under = available.get(key) ?? new Map();
  available.set(key, under);
  return under;
}

function addSelections(available: AvailableFields, { selections }: NormalizedSelectionSet): void {
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      addSelections(available, selection.selectionSet);
      continue;
    }
    const under = below(available, selection.alias?.value ?? selection.name.value);
    if (selection.selectionSet !== undefined) addSelections(under, selection.selectionSet);
  }
}

/** Adds the new keys of a rewrite. It may apply to some types alone, so the old keys stay. */
function renameEverywhere(available: AvailableFields, rewrite: { path: string[]; renameKeyTo: string }): void {
  const from = rewrite.path.at(-1) ?? '';
  for (const under of [...available.values()]) renameEverywhere(under, rewrite);
  const renamed = available.get(from);
  if (renamed !== undefined) add(below(available, rewrite.renameKeyTo), renamed);
}

function add(target: AvailableFields, source: AvailableFields): void {
  for (const [key, under] of source) add(below(target, key), under);
}

function copy(available: AvailableFields): AvailableFields {
  const result: AvailableFields = new Map();
  add(result, available);
  return result;
}
