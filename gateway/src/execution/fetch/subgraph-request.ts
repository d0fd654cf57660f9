import type { FetchNode } from '@apollo/query-planner';
import { isObject } from '../../graphql/own-property.ts';
import type { ExecutionContext, ExecutionError, SubgraphRequest, SubgraphResponse } from '../execution-context.ts';
import { invalidResponse, reportError } from '../subgraph-errors.ts';
import type { RestoreNumbers } from './restore-numbers.ts';

/** A variable of a subgraph request and the JSON text of its value. */
export type VariableText = readonly [variable: string, text: string];

/** Returns the text of a request's body up to its first variable. */
export function startOfBody({ operation, operationName }: FetchNode): string {
  if (operationName === undefined) return `{"query":${JSON.stringify(operation)},"variables":{`;
  // The planner numbers the names of operations. Without the number, equal operations have equal text.
  const name = operationName.slice(0, operationName.lastIndexOf('__'));
  const query = operation.replace(operationName, name);
  return `{"query":${JSON.stringify(query)},"operationName":${JSON.stringify(name)},"variables":{`;
}

/** Returns the text of those variables that the client sent, with a comma after each. */
export function clientVariables(names: readonly string[], variables: ExecutionContext['variables']): string {
  let text = '';
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) text += `${JSON.stringify(name)}:${JSON.stringify(value)},`;
  }
  return text;
}

/** Returns the text of variables, with a comma after each. */
export function variablesText(variables: readonly VariableText[]): string {
  return variables.map(([name, text]) => `${JSON.stringify(name)}:${text},`).join('');
}

/** Returns a well-formed response with exact numbers; undefined after reporting an error when there is none. */
export async function sendRequest(
  context: ExecutionContext,
  request: SubgraphRequest,
  restoreNumbers: RestoreNumbers | undefined,
): Promise<SubgraphResponse | undefined> {
  let response: SubgraphResponse;
  try {
    response = await context.request(request);
  } catch (error) {
    reportError(context, error as ExecutionError);
    return undefined;
  }
  return checkResponse(context, request.subgraph, response, restoreNumbers);
}

/** Returns a well-formed response with exact numbers; undefined after reporting an error for any other. */
export function checkResponse(
  context: ExecutionContext,
  subgraph: string,
  response: SubgraphResponse,
  restoreNumbers: RestoreNumbers | undefined,
): SubgraphResponse | undefined {
  if (response.isPlain !== true) context.isPlain = false;
  if (!isWellFormed(response) || !isRestored(response, restoreNumbers)) {
    reportError(context, invalidResponse(subgraph));
    return undefined;
  }
  return (response.errors as unknown) === null ? { data: response.data ?? null } : response;
}

/** Checks the shape of a response; without data it has at least one error (GraphQL specification, section 7.1). */
function isWellFormed({ data, errors }: SubgraphResponse): boolean {
  if (data == null) return Array.isArray(errors) && errors.length > 0;
  return isObject(data) && (errors == null || Array.isArray(errors));
}

/** Restores numbers; returns false when there are too many of them, or the response is nested too deeply. */
function isRestored(response: SubgraphResponse, restoreNumbers: RestoreNumbers | undefined): boolean {
  try {
    restoreNumbers?.(response);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
