import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { ExecutionResult } from '../execution/execute-plan.ts';
import { type CompressibleBody, compressible } from './content-coding.ts';
import type { FormatError } from './error-formatter.ts';
import type { RequestContext } from './request-context.ts';

/** JSON text of a response; a long one is in bytes, which all clients that get it share. */
export interface ResponseBody extends CompressibleBody {
  readonly hasErrors: boolean;
}

/** Length from which bytes are cheaper: Node copies a string to prepend the headers. */
const LONG = 16_384;

/** Returns the body of a response (GraphQL specification, section 7.1). */
export function responseBody(
  { data, errors, valueCompletion }: ExecutionResult,
  { federatedTraces }: RequestContext,
  format: FormatError,
): ResponseBody {
  const hasErrors = errors.length > 0;
  let text = hasErrors ? `{"errors":${errorsText(errors, format)},` : '{';
  text += `"data":${data}`;
  if (valueCompletion.length > 0 || federatedTraces !== undefined) {
    const completion = valueCompletion.length > 0 ? [`"valueCompletion":${errorsText(valueCompletion, format)}`] : [];
    const traces = federatedTraces === undefined ? [] : [`"ftv1":${JSON.stringify(federatedTraces)}`];
    text += `,"extensions":{${[...completion, ...traces].join()}}`;
  }
  text += '}';
  return { ...compressible(text.length < LONG ? text : Buffer.from(text)), hasErrors };
}
