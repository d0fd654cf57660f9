import { type OperationDefinitionNode, parse, type SelectionSetNode } from 'graphql';

/** Parses the argument `fields` of a directive. */
export function selectionSetOf(fields: string): SelectionSetNode {
  const [operation] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  return (operation as OperationDefinitionNode).selectionSet;
}
