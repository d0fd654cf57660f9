import type { FetchDataRewrite, FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type FieldNode, Kind, print, stripIgnoredCharacters, visit } from 'graphql';
import { parseFetch } from '../graphql/fetch-nodes.ts';
import type {
  NormalizedField,
  NormalizedFragment,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';
import { interfaceObjectKey, type PreprocessedSupergraph, requirementKey } from './preprocess-supergraph.ts';
import { variablesOf, withUsedVariables } from './used-variables.ts';

/** Turns the baked fields of a plan (`planningSchema`) into what subgraphs know, and splits fetches that keep their own fields from coming. */
export function postprocessPlan(schema: PreprocessedSupergraph, plan: QueryPlan): QueryPlan {
  if (plan.node === undefined || plan.node.kind === 'Subscription') return plan;
  return { ...plan, node: postprocessNode(schema, plan.node) };
}

function postprocessNode(schema: PreprocessedSupergraph, node: PlanNode): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => postprocessNode(schema, child)) };
    case 'Flatten':
      return { ...node, node: postprocessNode(schema, node.node) };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: postprocessNode(schema, node.ifClause) }),
        ...(node.elseClause && { elseClause: postprocessNode(schema, node.elseClause) }),
      };
    case 'Defer':
      return {
        ...node,
        primary: postprocessBlock(schema, node.primary),
        deferred: node.deferred.map((block) => postprocessBlock(schema, block)),
      };
    case 'Fetch':
      return postprocessFetch(schema, node);
  }
}

/** A part of a plan for incremental delivery. */
function postprocessBlock<Block extends { node?: PlanNode }>(schema: PreprocessedSupergraph, block: Block): Block {
  return block.node === undefined ? block : { ...block, node: postprocessNode(schema, block.node) };
}

function postprocessFetch(schema: PreprocessedSupergraph, planned: FetchNode): PlanNode {
  const { requires } = planned;
  const node = requires === undefined ? planned : { ...planned, requires: mergeKeylessFragments(schema, requires) };
  if (schema.specialized.size === 0 && schema.interfaceObjects.size === 0) return node;
  const operation = parseFetch(node);
  const parts = node.requires === undefined ? [] : splitByRequirements(schema, node, operation);
  const fetches = (parts.length > 1 ? parts : [{ operation, requires: node.requires }]).map((part) => ({
    ...node,
    operation: stripIgnoredCharacters(print(restoreArguments(schema, part.operation))),
    ...(node.variableUsages && {
      variableUsages: node.variableUsages.filter((name) => variablesOf(part.operation).has(name)),
    }),
    ...(part.requires && { requires: part.requires, ...inputRewrites(schema, node, part.requires) }),
  }));
  const [only] = fetches;
  return fetches.length === 1 && only ? only : { kind: 'Parallel', nodes: fetches };
}

function inputRewrites(
  schema: PreprocessedSupergraph,
  node: FetchNode,
  requires: readonly QueryPlanSelectionNode[],
): Pick<FetchNode, 'inputRewrites'> {
  const rewrites = [
    ...(node.inputRewrites ?? []),
    ...interfaceObjectRewrites(schema, node.serviceName, requires),
    ...argumentRewrites(schema, requires),
  ];
  return rewrites.length === 0 ? {} : { inputRewrites: rewrites };
}

type Fragment = Extract<QueryPlanSelectionNode, { kind: 'InlineFragment' }>;

/**
 * Merges fragments without keys into those with keys. The planner may apply a requirement of one type to all types of an interface, without
 * their keys (`{ ... on Film { id } ... on Media { title } }`), and the subgraph could not resolve such a representation.
 */
function mergeKeylessFragments(
  { keys, implementations }: PreprocessedSupergraph,
  requires: QueryPlanSelectionNode[],
): QueryPlanSelectionNode[] {
  const hasKey = ({ typeCondition = '', selections }: Fragment) =>
    selections.some((selection) => selection.kind === 'Field' && keys.get(typeCondition)?.has(selection.name) === true);
  const fragments = requires.filter((selection) => selection.kind === 'InlineFragment');
  const keyed = fragments.filter(hasKey);
  const isPart = (one: Fragment, of: Fragment) =>
    one.typeCondition === of.typeCondition || implementations.get(of.typeCondition ?? '')?.has(one.typeCondition ?? '');
  const lost = fragments.filter(
    (fragment) => !keyed.some((one) => isPart(fragment, one)) && keyed.some((one) => isPart(one, fragment)),
  );
  if (lost.length === 0) return requires;
  return requires.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind !== 'InlineFragment' || !hasKey(selection)) {
      return lost.some((one) => one === selection) ? [] : [selection];
    }
    const more = lost.filter((one) => isPart(selection, one)).flatMap(({ selections }) => selections);
    return [{ ...selection, selections: [...selection.selections, ...more] }];
  });
}

/** Asks for the field itself, under the name of the baked one. */
function restoreArguments(
  { specialized }: PreprocessedSupergraph,
  operation: NormalizedOperation,
): NormalizedOperation {
  return visit(operation, {
    Field(node): FieldNode | undefined {
      const field = specialized.get(node.name.value);
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

/** A subgraph that knows an interface as an object is asked for that, whatever is known of the object by then. */
function interfaceObjectRewrites(
  { interfaceObjects }: PreprocessedSupergraph,
  subgraph: string,
  requires: readonly QueryPlanSelectionNode[],
): FetchDataRewrite[] {
  return requires.flatMap((selection): FetchDataRewrite[] => {
    const type = selection.kind === 'InlineFragment' ? selection.typeCondition : undefined;
    if (type === undefined || !interfaceObjects.has(interfaceObjectKey(subgraph, type))) return [];
    return [{ kind: 'ValueSetter', path: [`... on ${type}`, '__typename'], setValueTo: type }];
  });
}

/** In representations the field has the name that the subgraph knows. Deeper ones first: what is above them has its name until then. */
function argumentRewrites(
  schema: PreprocessedSupergraph,
  selections: readonly QueryPlanSelectionNode[],
  above: readonly string[] = [],
): FetchDataRewrite[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') {
      const on = selection.typeCondition === undefined ? [] : [`... on ${selection.typeCondition}`];
      return argumentRewrites(schema, selection.selections, [...above, ...on]);
    }
    const path = [...above, selection.alias ?? selection.name];
    const field = schema.specialized.get(selection.name);
    const below = argumentRewrites(schema, selection.selections ?? [], path);
    return field === undefined ? below : [...below, { kind: 'KeyRenamer', path, renameKeyTo: field.field }];
  });
}

interface Part {
  readonly operation: NormalizedOperation;
  readonly requires: QueryPlanSelectionNode[] | undefined;
}

/**
 * Empty when one request will do. Otherwise fields are asked for apart
 * - that require one field with different arguments: a representation has one value for it;
 * - that require something, of an object that a subgraph knows of several types: what is required of one type only, objects of the others
 *   lack, and would not be asked for anything else either.
 */
function splitByRequirements(schema: PreprocessedSupergraph, node: FetchNode, operation: NormalizedOperation): Part[] {
  const groups: { uses: Set<string>; fields: Set<string> }[] = [];
  const types = node.requires?.map((selection) => (selection.kind === 'InlineFragment' ? selection.typeCondition : ''));
  const isMixed = new Set(types).size > 1;
  for (const { type, field } of entitySelections(operation)) {
    const uses = schema.requirements.get(requirementKey(node.serviceName, type, field.name.value)) ?? new Set();
    const isApart = isMixed && schema.interfaceObjects.has(interfaceObjectKey(node.serviceName, type));
    let group = groups.find(
      (one) => areCompatible(schema, one.uses, uses) && (!isApart || [...one.uses].join() === [...uses].join()),
    );
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
    operation: withUsedVariables(keepEntityFields(operation, (type, field) => fields.has(fieldKey(type, field)))),
    requires: withoutFields(
      node.requires ?? [],
      (type, path) => required.has(path) && !uses.has(path) && schema.keys.get(type)?.has(path) !== true,
    ),
  }));
}

function fieldKey(type: string, { alias, name }: FieldNode): string {
  return `${type}.${alias?.value ?? name.value}`;
}

/** Returns true when no two of the paths have one field with different arguments. */
function areCompatible(
  { specialized }: PreprocessedSupergraph,
  ones: ReadonlySet<string>,
  others: ReadonlySet<string>,
): boolean {
  const namesOf = (path: string) =>
    path
      .split('.')
      .map((name) => specialized.get(name)?.field ?? name)
      .join('.');
  return [...others].every((other) => [...ones].every((one) => one === other || namesOf(one) !== namesOf(other)));
}

interface EntityField {
  readonly type: string;
  readonly field: FieldNode;
}

/** The fields that are asked of entities. */
function entitySelections(operation: NormalizedOperation): EntityField[] {
  const found: EntityField[] = [];
  keepEntityFields(operation, (type, field) => {
    found.push({ type, field });
    return true;
  });
  return found;
}

function keepEntityFields(
  operation: NormalizedOperation,
  keep: (type: string, field: NormalizedField) => boolean,
): NormalizedOperation {
  const within = (type: string, { selections, ...set }: NormalizedSelectionSet): NormalizedSelectionSet => ({
    ...set,
    selections: selections.flatMap((selection): NormalizedSelection[] => {
      if (selection.kind === Kind.FIELD) return keep(type, selection) ? [selection] : [];
      const kept: NormalizedFragment = {
        ...selection,
        selectionSet: within(selection.typeCondition?.name.value ?? type, selection.selectionSet),
      };
      return kept.selectionSet.selections.length === 0 ? [] : [kept];
    }),
  });
  return visit(operation, {
    Field(node) {
      if (node.name.value !== '_entities' || node.selectionSet === undefined) return undefined;
      return { ...node, selectionSet: within('', node.selectionSet as NormalizedSelectionSet) };
    },
  });
}

function withoutFields(
  selections: readonly QueryPlanSelectionNode[],
  drop: (type: string, path: string) => boolean,
  type = '',
  above = '',
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    const path = selection.kind === 'Field' ? `${above}${selection.name}` : above;
    if (selection.kind === 'Field' && drop(type, path)) return [];
    if (selection.selections === undefined) return [selection];
    const below =
      selection.kind === 'Field'
        ? withoutFields(selection.selections, drop, type, `${path}.`)
        : withoutFields(selection.selections, drop, above === '' ? (selection.typeCondition ?? type) : type, above);
    return below.length === 0 ? [] : [{ ...selection, selections: below }];
  });
}
