import type { DeferNode, FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind } from 'graphql';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import type { NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';

/** Response keys that are known, whatever the types of the objects that have them. */
interface AvailableFields extends Map<string, AvailableFields> {}

/**
 * A plan for incremental delivery, of which every fetch comes after those that bring what it requires. The planner loses that order where
 * `@requires` stands within what is deferred.
 *
 * @returns undefined when something is required that nothing brings in time
 */
export function orderDeferredFetches(plan: QueryPlan): QueryPlan | undefined {
  if (plan.node?.kind !== 'Defer') return plan;
  const node = new FetchOrder().defer(plan.node, new Map());
  return node && { ...plan, node };
}

class FetchOrder {
  /** Fields that are available after each fetch. */
  readonly #after = new Map<string, AvailableFields>();

  defer(node: DeferNode, known: AvailableFields): DeferNode | undefined {
    const primary = node.primary.node && this.#node(node.primary.node, known, []);
    if (node.primary.node !== undefined && primary === undefined) return undefined;
    const deferred: DeferNode['deferred'] = [];
    for (const block of node.deferred) {
      const before: AvailableFields = new Map();
      add(before, block.depends.length === 0 ? known : new Map());
      for (const { id } of block.depends) add(before, this.#after.get(id) ?? known);
      const inner = block.node?.kind === 'Defer' ? this.defer(block.node, before) : this.#optional(block.node, before);
      if (block.node !== undefined && inner === undefined) return undefined;
      deferred.push(inner === undefined ? block : { ...block, node: inner });
    }
    return { ...node, primary: { ...node.primary, ...(primary && { node: primary }) }, deferred };
  }

  #optional(node: PlanNode | undefined, known: AvailableFields): PlanNode | undefined {
    return node && this.#node(node, known, []);
  }

  /** The node in order, with what it brings added to what is known; undefined when it lacks something. */
  #node(node: PlanNode, known: AvailableFields, path: readonly string[]): PlanNode | undefined {
    switch (node.kind) {
      case 'Fetch':
        return this.#fetch(node, known, path) ? node : undefined;
      case 'Flatten': {
        const inner = this.#node(node.node, known, [...path, ...node.path.map(String).filter(isKey)]);
        return inner && { ...node, node: inner };
      }
      case 'Sequence':
      case 'Parallel':
        return this.#several(node, known, path);
      default:
        return undefined;
    }
  }

  /** Delays nodes that lack a field until the others are done. */
  #several(
    node: Extract<PlanNode, { nodes: PlanNode[] }>,
    known: AvailableFields,
    path: readonly string[],
  ): PlanNode | undefined {
    const stages: PlanNode[] = [];
    let left = node.nodes;
    while (left.length > 0) {
      const put: PlanNode[] = [];
      const off: PlanNode[] = [];
      const brought: AvailableFields = new Map();
      for (const child of left) {
        const after = copy(known);
        const ordered = this.#node(child, after, path);
        if (ordered === undefined) off.push(child);
        else put.push(ordered);
        if (ordered !== undefined) add(node.kind === 'Sequence' ? known : brought, after);
      }
      if (put.length === 0) return undefined;
      add(known, brought);
      stages.push(put.length === 1 && put[0] ? put[0] : { kind: node.kind, nodes: put });
      left = off;
    }
    return stages.length === 1 && stages[0] ? stages[0] : { kind: 'Sequence', nodes: stages };
  }

  #fetch(node: FetchNode, known: AvailableFields, path: readonly string[]): boolean {
    const { id, requires = [], outputRewrites = [] } = node;
    const at = path.reduce((above: AvailableFields | undefined, key) => above?.get(key), known);
    if (requires.length > 0 && (at === undefined || !hasAll(at, requires))) return false;
    const brought: AvailableFields = new Map();
    addSelections(brought, parseFetch(node).selectionSet);
    for (const rewrite of outputRewrites) if (rewrite.kind === 'KeyRenamer') renameEverywhere(brought, rewrite);
    let place = known;
    for (const key of path) place = below(place, key);
    add(place, requires.length > 0 ? (brought.get('_entities') ?? new Map()) : brought);
    if (id !== undefined) this.#after.set(id, copy(known));
    return true;
  }
}

const isKey = (step: string) => step !== '@';

function hasAll(known: AvailableFields, selections: readonly QueryPlanSelectionNode[]): boolean {
  return selections.every((selection) => {
    if (selection.kind === 'InlineFragment') return hasAll(known, selection.selections);
    const key = selection.alias ?? selection.name;
    if (key === '__typename') return true;
    const under = known.get(key);
    return under !== undefined && hasAll(under, selection.selections ?? []);
  });
}

function below(known: AvailableFields, key: string): AvailableFields {
  const under = known.get(key) ?? new Map();
  known.set(key, under);
  return under;
}

function addSelections(known: AvailableFields, { selections }: NormalizedSelectionSet): void {
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      addSelections(known, selection.selectionSet);
      continue;
    }
    const under = below(known, selection.alias?.value ?? selection.name.value);
    if (selection.selectionSet !== undefined) addSelections(under, selection.selectionSet);
  }
}

/** A key may be renamed for some types alone: both are known. */
function renameEverywhere(known: AvailableFields, rewrite: { path: string[]; renameKeyTo: string }): void {
  const from = rewrite.path.at(-1) ?? '';
  for (const under of [...known.values()]) renameEverywhere(under, rewrite);
  const renamed = known.get(from);
  if (renamed !== undefined) add(below(known, rewrite.renameKeyTo), renamed);
}

function add(target: AvailableFields, source: AvailableFields): void {
  for (const [key, under] of source) add(below(target, key), under);
}

function copy(known: AvailableFields): AvailableFields {
  const result: AvailableFields = new Map();
  add(result, known);
  return result;
}
