import { isObject } from '../graphql/own-property.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Parses variables again with exact numbers, by the variables whose numbers parsing has changed. */
const exactParses = new WeakMap<object, () => unknown>();

/** Registers how variables can be parsed with exact numbers. */
export function registerExactParse(variables: object, parse: () => unknown): void {
  exactParses.set(variables, parse);
}

/** Returns the variables with the numbers that the client wrote. */
export function exactVariables(variables: Variables): Variables {
  const exact = exactParses.get(variables)?.();
  return isObject(exact) ? exact : variables;
}
