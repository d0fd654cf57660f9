import { isObject } from './own-property.ts';
import type { AnswerError } from './run.ts';

const DOWNSTREAM = 'DOWNSTREAM_SERVICE_ERROR';

/** An error of a subgraph's, as the gateway passes it on but for its path; whatever the subgraph calls an error. */
export function subgraphError(subgraph: string, error: unknown): AnswerError {
  const { message, extensions } = isObject(error) ? error : {};
  return {
    message: typeof message === 'string' && message !== '' ? message : `The subgraph ${subgraph} reports an error.`,
    extensions: { code: DOWNSTREAM, ...(isObject(extensions) ? extensions : {}), serviceName: subgraph },
  };
}

/** Where a subgraph says that an error is; undefined when it does not, or when that is no path. */
export function pathOf(error: unknown): (string | number)[] | undefined {
  const path = isObject(error) ? error.path : undefined;
  const isPath = Array.isArray(path) && path.every((key) => typeof key === 'string' || Number.isSafeInteger(key));
  return isPath ? path : undefined;
}

/** An answer that is GraphQL in form, but not what was asked for. */
export function badAnswer(subgraph: string): AnswerError {
  return {
    message: `The subgraph ${subgraph} gave an answer that does not fit what it was asked.`,
    extensions: { code: 'SUBGRAPH_BAD_RESPONSE', serviceName: subgraph },
  };
}

/** A value that does not fit the schema, where no subgraph said why. */
export function completionError({ message, path }: { message: string; path: (string | number)[] }): AnswerError {
  return { message, path, extensions: { code: 'INVALID_GRAPHQL' } };
}
