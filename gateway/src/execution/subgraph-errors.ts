import { cutMessage, MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import { isTooDeep, MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { labelOf } from '@marquee/runtime/label';
import { isObject } from '../graphql/own-property.ts';
import type { ExecutionContext, ExecutionError } from './execution-context.ts';
import type { FieldError } from './response/project-response.ts';

const DOWNSTREAM = 'DOWNSTREAM_SERVICE_ERROR';

/** Maximum UTF-16 code units of an error's extensions as JSON text; one error may be at many paths of a response. */
const MAX_EXTENSIONS_LENGTH = 4_096;

/** Maximum UTF-16 code units of an error's path as JSON text. */
const MAX_PATH_LENGTH = 4_096;

/**
 * Creates the client's error, without a path, from any value that a subgraph returns as an error. Extensions that are
 * too long or too deep are omitted, except for the code.
 */
export function subgraphError(subgraph: string, error: unknown): ExecutionError {
  const { message, extensions } = isObject(error) ? error : {};
  return {
    message:
      typeof message === 'string' && message !== ''
        ? cutMessage(message)
        : `The subgraph ${subgraph} returned an error without a message.`,
    extensions: { code: DOWNSTREAM, ...(isObject(extensions) && boundedExtensions(extensions)), serviceName: subgraph },
  };
}

function boundedExtensions(extensions: Record<string, unknown>): Record<string, unknown> {
  const { code, ...rest } = extensions;
  const isCode = typeof code === 'number' || (typeof code === 'string' && labelOf(code) === code);
  const isShort = !isTooDeep(rest) && JSON.stringify(rest).length <= MAX_EXTENSIONS_LENGTH;
  return { ...(isCode && { code }), ...(isShort && rest) };
}

/** Returns the path of a subgraph's error; undefined when it has none, or an invalid or too long one. */
export function errorPath(error: unknown): (string | number)[] | undefined {
  const path = isObject(error) ? error.path : undefined;
  if (!Array.isArray(path)) return undefined;
  let length = 0;
  for (const key of path) {
    if (typeof key !== 'string' && !Number.isSafeInteger(key)) return undefined;
    length += String(key).length + 1;
    if (length > MAX_PATH_LENGTH) return undefined;
  }
  return path;
}

/** Creates the error of a response that does not match its request. */
export function invalidResponse(subgraph: string): ExecutionError {
  return {
    message: `The subgraph ${subgraph} returned data that does not match the query.`,
    extensions: { code: 'SUBGRAPH_BAD_RESPONSE', serviceName: subgraph },
  };
}

/** Creates the error of an entity that is not requested, because a value of its representation is nested too deeply. */
export function representationTooDeep(subgraph: string): ExecutionError {
  return {
    message: `The entity was not requested from the subgraph ${subgraph}: a value of its representation has more than ${MAX_JSON_DEPTH} levels of objects and lists.`,
    extensions: { code: 'SUBGRAPH_BAD_RESPONSE', serviceName: subgraph },
  };
}

/** Returns true when a context has an error more than clients get: the excess tells them that errors are omitted. */
export const hasMaxErrors = ({ errors }: ExecutionContext): boolean => errors.length > MAX_ERRORS;

export function reportError(context: ExecutionContext, error: ExecutionError, path?: (string | number)[]): void {
  if (hasMaxErrors(context)) return;
  const { errors } = context;
  errors.push(path === undefined ? error : { message: error.message, path, extensions: error.extensions });
}

/** Splits field errors into errors of arguments, which have a code, and value completion. */
export function splitFieldErrors(fieldErrors: readonly FieldError[]): {
  readonly errors: ExecutionError[];
  readonly completion: ExecutionError[];
} {
  const errors: ExecutionError[] = [];
  const completion: ExecutionError[] = [];
  for (const { message, path, code } of fieldErrors) {
    const location = path.length > 0 && { path };
    if (code === undefined) completion.push({ message, ...location, extensions: { code: 'INVALID_GRAPHQL' } });
    else errors.push({ message, ...location, extensions: { code } });
  }
  return { errors, completion };
}
