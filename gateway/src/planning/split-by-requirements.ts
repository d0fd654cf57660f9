import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type FieldNode, Kind, visit } from 'graphql';
import type {
  NormalizedField,
  NormalizedFragment,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';
import { type PreprocessedSupergraph, requirementKey } from './preprocess-supergraph.ts';
import { withUsedVariables } from './used-variables.ts';
import { mixesTypes } from './workarounds/separate-mixed-requirements.ts';
import { haveConflictingArguments } from './workarounds/specialize-required-arguments.ts';

/** A fetch of some of an entity fetch's fields, with representations of what these require. */
export interface PartialFetch {
  readonly operation: NormalizedOperation;
  readonly requires: QueryPlanSelectionNode[] | undefined;
}

/** Splits an entity fetch into fetches of fields whose requirements fit into one representation. */
export function splitByRequirements(
  supergraph: PreprocessedSupergraph,
  { serviceName, requires }: FetchNode,
  operation: NormalizedOperation,
): PartialFetch[] {
  if (requires === undefined) return [{ operation, requires }];
  const groups: { uses: Set<string>; fields: Set<string> }[] = [];
  for (const { type, field } of entityFieldsOf(operation)) {
    const uses = supergraph.requirements.get(requirementKey(serviceName, type, field.name.value)) ?? new Set();
    const isSeparate = mixesTypes(supergraph, serviceName, type, requires);
    let group = groups.find(
      (other) =>
        !haveConflictingArguments(supergraph.specialized, other.uses, uses) &&
        (!isSeparate || [...other.uses].join() === [...uses].join()),
    );
    if (group === undefined) {
      group = { uses: new Set(), fields: new Set() };
      groups.push(group);
    }
    for (const use of uses) group.uses.add(use);
    group.fields.add(fieldKey(type, field));
  }
  if (groups.length < 2) return [{ operation, requires }];
  const required = new Set(groups.flatMap(({ uses }) => [...uses]));
  return groups.map(({ uses, fields }) => ({
    operation: withUsedVariables(keepEntityFields(operation, (type, field) => fields.has(fieldKey(type, field)))),
    requires: withoutFields(
      requires,
      (type, path) => required.has(path) && !uses.has(path) && supergraph.keys.get(type)?.has(path) !== true,
    ),
  }));
}

function fieldKey(type: string, { alias, name }: FieldNode): string {
  return `${type}.${alias?.value ?? name.value}`;
}

interface EntityField {
  readonly type: string;
  readonly field: FieldNode;
}

/** Returns the fields that a fetch selects of entities. */
function entityFieldsOf(operation: NormalizedOperation): EntityField[] {
  const fields: EntityField[] = [];
  keepEntityFields(operation, (type, field) => {
    fields.push({ type, field });
    return true;
  });
  return fields;
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
  parent = '',
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    const path = selection.kind === 'Field' ? `${parent}${selection.name}` : parent;
    if (selection.kind === 'Field' && drop(type, path)) return [];
    if (selection.selections === undefined) return [selection];
    const below =
      selection.kind === 'Field'
        ? withoutFields(selection.selections, drop, type, `${path}.`)
        : withoutFields(selection.selections, drop, parent === '' ? (selection.typeCondition ?? type) : type, parent);
    return below.length === 0 ? [] : [{ ...selection, selections: below }];
  });
}
