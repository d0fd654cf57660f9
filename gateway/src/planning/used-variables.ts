import { type DocumentNode, Kind, visit } from 'graphql';

/** A document without the definitions of variables that it does not use, which subgraphs would refuse. */
export function withUsedVariables(document: DocumentNode): DocumentNode {
  const used = variablesOf(document);
  return {
    ...document,
    definitions: document.definitions.map((node) =>
      node.kind === Kind.OPERATION_DEFINITION
        ? {
            ...node,
            variableDefinitions: (node.variableDefinitions ?? []).filter(({ variable }) =>
              used.has(variable.name.value),
            ),
          }
        : node,
    ),
  };
}

/** The variables that stand in the selections of a document. */
export function variablesOf(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void names.add(name.value),
  });
  return names;
}
