import { cutMessage, MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import { isTooDeep, MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { labelOf } from '@marquee/runtime/label';
import { isObject } from '../graphql/own-property.ts';
import type { ExecutionContext, ExecutionError } from './execution-context.ts';
import type { FieldError } from './response/project-response.ts';

const DOWNSTREAM = 'DOWNSTREAM_SERVICE_ERROR';

/** UTF-16 code units of an error's extensions as JSON text; an error may stand in many places of an answer. */
const MAX_EXTENSIONS_LENGTH = 4_096;

/** UTF-16 code units of an error's path as JSON text. */
const MAX_PATH_LENGTH = 4_096;

/**
 * An error of a subgraph's, as the gateway passes it on but for its path; whatever the subgraph calls an error. Extensions that are too
 * long or too deep are left out but for the code.
 */
export function subgraphError(subgraph: string, error: unknown): ExecutionError {
  const { message, extensions } = isObject(error) ? error : {};
  return {
    message:
      typeof message === 'string' && message !== ''
        ? cutMessage(message)
        : `The subgraph ${subgraph} reports an error.`,
    extensions: { code: DOWNSTREAM, ...(isObject(extensions) && boundedExtensions(extensions)), serviceName: subgraph },
  };
}

function boundedExtensions(extensions: Record<string, unknown>): Record<string, unknown> {
  const { code, ...rest } = extensions;
  const isCode = typeof code === 'number' || (typeof code === 'string' && labelOf(code) === code);
  const isShort = !isTooDeep(rest) && JSON.stringify(rest).length <= MAX_EXTENSIONS_LENGTH;
  return { ...(isCode && { code }), ...(isShort && rest) };
}

/** The path that a subgraph gives an error; undefined when it gives none, or one that is no path or too long. */
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

/** An answer that is GraphQL in form, but not what was asked for. */
export function invalidResponse(subgraph: string): ExecutionError {
  return {
    message: `The subgraph ${subgraph} gave an answer that does not fit what it was asked.`,
    extensions: { code: 'SUBGRAPH_BAD_RESPONSE', serviceName: subgraph },
  };
}

/** The subgraph is not asked for an entity: of what it needs for that, another one's answer has a value that is nested too deeply. */
export function representationTooDeep(subgraph: string): ExecutionError {
  return {
    message: `The subgraph ${subgraph} was not asked: a value that it needs has more than ${MAX_JSON_DEPTH} levels of objects and lists.`,
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

/** Faults by what they are told as: errors of arguments, and values that do not fit the schema where no subgraph said why. */
export function splitFieldErrors(faults: readonly FieldError[]): {
  readonly errors: ExecutionError[];
  readonly completion: ExecutionError[];
} {
  const errors: ExecutionError[] = [];
  const completion: ExecutionError[] = [];
  for (const { message, path, code } of faults) {
    const place = path.length > 0 && { path };
    if (code === undefined) completion.push({ message, ...place, extensions: { code: 'INVALID_GRAPHQL' } });
    else errors.push({ message, ...place, extensions: { code } });
  }
  return { errors, completion };
}
