import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { Answer } from '../execution/compile-operation.ts';
import type { ResponseBody } from '../operations/response-body.ts';
import { compressible } from './content-coding.ts';
import type { FormatError } from './error-formatter.ts';
import type { RequestContext } from './request-context.ts';

/** Characters from which on bytes cost less: Node copies a string to put the headers before it. */
const LONG = 16_384;

/** Returns the body of a response (GraphQL specification, section 7.1). */
export function responseBody(
  { data, errors, valueCompletion }: Answer,
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
