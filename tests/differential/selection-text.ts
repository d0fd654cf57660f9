import { type OperationDefinitionNode, parse, type SelectionSetNode } from 'graphql';

/** The fields of a directive's argument `fields`. */
export function selectionSetOf(fields: string): SelectionSetNode {
  const [operation] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  return (operation as OperationDefinitionNode).selectionSet;
}
