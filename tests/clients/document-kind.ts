import { type OperationTypeNode, parse } from 'graphql';

/** Returns the kind of the first operation in a document. */
export function kindOf(query: string): OperationTypeNode | undefined {
  for (const definition of parse(query).definitions) {
    if (definition.kind === 'OperationDefinition') return definition.operation;
  }
  return undefined;
}
