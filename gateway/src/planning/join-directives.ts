import {
  type ConstDirectiveNode,
  type DocumentNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { type NormalizedSelectionSet, parseNormalizedOperation } from '../graphql/normalized-operation.ts';

export type TypeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

export function isTypeDefinition(node: DocumentNode['definitions'][number]): node is TypeDefinition {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

/** Returns the names of subgraphs by the values of `join__Graph`. */
export function graphNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue;
    for (const { name, directives = [] } of node.values ?? []) {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      names.set(name.value, stringArgument(graph, 'name') ?? name.value);
    }
  }
  return names;
}

/** Returns the value of `join__Graph` in a directive's argument `graph`. */
export function graphOf(directive: ConstDirectiveNode): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'graph')?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

export function stringArgument(directive: ConstDirectiveNode | undefined, name: string): string | undefined {
  const value = directive?.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

export function booleanArgument(directive: ConstDirectiveNode, name: string): boolean | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}

/** Parses a FieldSet, which has no fragment spreads. */
export function parseFieldSet(fields: string): NormalizedSelectionSet {
  return parseNormalizedOperation(`{ ${fields} }`).selectionSet;
}

/** Returns the paths of the fields of a selection set, such as `size` and `size.width`; fragments are no part of them. */
export function pathsOf({ selections }: NormalizedSelectionSet, parent = ''): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return pathsOf(selection.selectionSet, parent);
    const path = `${parent}${selection.name.value}`;
    return [path, ...(selection.selectionSet ? pathsOf(selection.selectionSet, `${path}.`) : [])];
  });
}
