import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { Answer } from '../execution/operation.ts';
import { type CompressibleBody, compressible } from './content-coding.ts';
import type { FormatError } from './error-formatter.ts';
import type { RequestContext } from './request-context.ts';

/** JSON text that goes back to clients; a long one is in bytes, which are made once for all who get it. */
export interface AnswerBody extends CompressibleBody {
  readonly hasErrors: boolean;
}

/** Characters from which on bytes cost less: Node copies a string to put the headers before it. */
const LONG = 16_384;

/** The body of an answer (GraphQL specification, section 7.1). */
export function answerBody(
  { data, errors, valueCompletion }: Answer,
  { federatedTraces }: RequestContext,
  format: FormatError,
): AnswerBody {
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
