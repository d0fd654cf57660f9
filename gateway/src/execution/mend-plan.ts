import type {
  FetchDataRewrite,
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
  SubscriptionNode,
} from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { type PlanningSchema, requirementKey } from './planning-schema.ts';

/** Turns the baked fields of a plan (`planningSchema`) into what subgraphs know. */
export function mendPlan(schema: PlanningSchema, plan: QueryPlan): QueryPlan {
  if (schema.baked.size === 0 || plan.node === undefined || plan.node.kind === 'Subscription') return plan;
  return { ...plan, node: mendNode(schema, plan.node) };
}

function mendNode(schema: PlanningSchema, node: PlanNode): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => mendNode(schema, child)) };
    case 'Flatten':
      return { ...node, node: mendNode(schema, node.node) };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: mendNode(schema, node.ifClause) }),
        ...(node.elseClause && { elseClause: mendNode(schema, node.elseClause) }),
      };
    case 'Fetch':
      return mendFetch(schema, node);
    default:
      return node;
  }
}

function mendFetch(schema: PlanningSchema, node: FetchNode): PlanNode {
  const document = parse(node.operation, { noLocation: true });
  const parts = node.requires === undefined ? [] : splitByRequirements(schema, node, document);
  const fetches = (parts.length > 1 ? parts : [{ document, requires: node.requires }]).map((part) => ({
    ...node,
    operation: stripIgnoredCharacters(print(withArguments(schema, part.document))),
    ...(part.requires && {
      requires: part.requires,
      inputRewrites: [...(node.inputRewrites ?? []), ...renamings(schema, part.requires)],
    }),
  }));
  const [only] = fetches;
  return fetches.length === 1 && only ? only : { kind: 'Parallel', nodes: fetches };
}

/** Asks for the field itself, under the name of the baked one. */
function withArguments({ baked }: PlanningSchema, document: DocumentNode): DocumentNode {
  return visit(document, {
    Field(node): FieldNode | undefined {
      const field = baked.get(node.name.value);
      if (field === undefined) return undefined;
      return {
        ...node,
        alias: node.alias ?? node.name,
        name: { kind: Kind.NAME, value: field.field },
        arguments: field.arguments ?? [],
      };
    },
  });
}

/** In representations the field has the name that the subgraph knows. Deeper ones first: what is above them has its name until then. */
function renamings(
  schema: PlanningSchema,
  selections: readonly QueryPlanSelectionNode[],
  above: readonly string[] = [],
): FetchDataRewrite[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') {
      const on = selection.typeCondition === undefined ? [] : [`... on ${selection.typeCondition}`];
      return renamings(schema, selection.selections, [...above, ...on]);
    }
    const path = [...above, selection.alias ?? selection.name];
    const field = schema.baked.get(selection.name);
    const below = renamings(schema, selection.selections ?? [], path);
    return field === undefined ? below : [...below, { kind: 'KeyRenamer', path, renameKeyTo: field.field }];
  });
}

interface Part {
  readonly document: DocumentNode;
  readonly requires: QueryPlanSelectionNode[] | undefined;
}

/**
 * One representation has one value for a field: fields that require it with different arguments are asked for apart. Empty when one
 * request will do.
 */
function splitByRequirements(schema: PlanningSchema, node: FetchNode, document: DocumentNode): Part[] {
  const entities = entitySelections(document);
  const groups: { uses: Set<string>; fields: Set<string> }[] = [];
  const fieldKey = (type: string, field: FieldNode) => `${type}.${field.alias?.value ?? field.name.value}`;
  for (const { type, field } of entities) {
    const uses = schema.requirements.get(requirementKey(node.serviceName, type, field.name.value)) ?? new Set();
    let group = groups.find((one) => areCompatible(schema, one.uses, uses));
    if (group === undefined) {
      group = { uses: new Set(), fields: new Set() };
      groups.push(group);
    }
    for (const use of uses) group.uses.add(use);
    group.fields.add(fieldKey(type, field));
  }
  if (groups.length < 2) return [];
  const required = new Set(groups.flatMap(({ uses }) => [...uses]));
  return groups.map(({ uses, fields }) => ({
    document: keepEntityFields(document, (type, field) => fields.has(fieldKey(type, field))),
    requires: withoutFields(node.requires ?? [], (name) => required.has(name) && !uses.has(name)),
  }));
}

function areCompatible({ baked }: PlanningSchema, ones: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...others].every((other) =>
    [...ones].every((one) => one === other || baked.get(one)?.field !== baked.get(other)?.field),
  );
}

/** The fields that are asked of entities, with the types on which they are. */
function entitySelections(document: DocumentNode): { type: string; field: FieldNode }[] {
  const found: { type: string; field: FieldNode }[] = [];
  keepEntityFields(document, (type, field) => {
    found.push({ type, field });
    return true;
  });
  return found;
}

function keepEntityFields(document: DocumentNode, keep: (type: string, field: FieldNode) => boolean): DocumentNode {
  const within = (type: string, { selections, ...set }: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return keep(type, selection) ? [selection] : [];
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      const kept: InlineFragmentNode = {
        ...selection,
        selectionSet: within(selection.typeCondition?.name.value ?? type, selection.selectionSet),
      };
      return kept.selectionSet.selections.length === 0 ? [] : [kept];
    }),
  });
  return visit(document, {
    Field(node) {
      if (node.name.value !== '_entities' || node.selectionSet === undefined) return undefined;
      return { ...node, selectionSet: within('', node.selectionSet) };
    },
  });
}

function withoutFields(
  selections: readonly QueryPlanSelectionNode[],
  drop: (name: string) => boolean,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'Field' && drop(selection.name)) return [];
    if (selection.selections === undefined) return [selection];
    const below = withoutFields(selection.selections, drop);
    return below.length === 0 ? [] : [{ ...selection, selections: below }];
  });
}

/** The plan's fetches that fill the root, whatever their conditions. */
export function rootFetches(node: PlanNode | SubscriptionNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case 'Fetch':
      return node.requires === undefined ? [node] : [];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(rootFetches);
    case 'Condition':
      return [...rootFetches(node.ifClause), ...rootFetches(node.elseClause)];
    default:
      return [];
  }
}
