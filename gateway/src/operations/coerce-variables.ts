import { MAX_REFUSALS } from '@marquee/graphql-over-http/error-limits';
import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import { GraphQLError, type GraphQLSchema, getVariableValues, type VariableDefinitionNode } from 'graphql';
import { type Variables, variablesRejected } from '../execution/variables.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { isObject, setOwn } from '../graphql/own-property.ts';
import type { LiftedLiterals } from './lifted-literals.ts';
import { selectOperation } from './validate-document.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Coerces the variables that the operation defines, and adds those that replace literals of its text.
 *
 * @param text as the client sent it
 * @throws OperationRejected
 */
export type CoerceVariables = (given: Values, text: string, literals: LiftedLiterals) => Variables;

/** @param options.hints true when messages may suggest names of the schema to clients */
export function createVariableCoercion(
  schema: GraphQLSchema,
  { name: operationName, variableDefinitions = [] }: NormalizedOperation,
  { hints }: { readonly hints: boolean },
): CoerceVariables {
  const options = { maxErrors: MAX_REFUSALS, hideSuggestions: !hints };
  return (given, text, literals) => {
    if (literals.size === variableDefinitions.length) return literals.constants;
    const own =
      literals.size === 0 ? variableDefinitions : variableDefinitions.filter((node) => !literals.has(nameOf(node)));
    const { coerced, errors } = getVariableValues(schema, own, given, options);
    if (errors === undefined) return literals.addTo({ given: pickDefined(own, exactVariables(given)), coerced });
    // The locations in the errors are those of the client's text.
    const selected = selectOperation(parseDocument(text), operationName?.value);
    const located = selected instanceof GraphQLError ? [] : (selected.variableDefinitions ?? []);
    throw variablesRejected(getVariableValues(schema, located, given, options).errors ?? errors);
  };
}

const nameOf = ({ variable }: VariableDefinitionNode) => variable.name.value;

/** Drops values that no variable definition names, however large they are. */
function pickDefined(definitions: readonly VariableDefinitionNode[], given: Values): Values {
  const defined: Record<string, unknown> = {};
  for (const definition of definitions) {
    const name = nameOf(definition);
    if (Object.hasOwn(given, name)) setOwn(defined, name, given[name]);
  }
  return defined;
}

/** Functions that parse variables again with exact numbers, by the variables whose numbers parsing has changed. */
const exactParses = new WeakMap<object, () => unknown>();

/** Registers how variables can be parsed with exact numbers. */
export function registerExactParse(variables: object, parse: () => unknown): void {
  exactParses.set(variables, parse);
}

/** Returns the variables with the numbers that the client wrote. */
function exactVariables(variables: Values): Values {
  const exact = exactParses.get(variables)?.();
  return isObject(exact) ? exact : variables;
}
