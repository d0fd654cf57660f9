import { visit } from 'graphql';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';

/** Removes the definitions of unused variables, which subgraphs would reject. */
export function withUsedVariables(operation: NormalizedOperation): NormalizedOperation {
  const used = variablesOf(operation);
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return { ...operation, variableDefinitions };
}

/** Returns the variables that an operation uses. */
export function variablesOf(operation: NormalizedOperation): Set<string> {
  const names = new Set<string>();
  visit(operation, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void names.add(name.value),
  });
  return names;
}
