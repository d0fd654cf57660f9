import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { ExecutionResult } from '../execution/execute-plan.ts';
import { type CompressibleBody, compressible } from './content-coding.ts';
import type { FormatError } from './error-formatter.ts';
import { isFailure } from './operation-metrics.ts';
import { planExtension } from './plan-extension.ts';
import type { RequestContext } from './request-context.ts';

/** JSON text of a response; a long one is in bytes, which all clients that get it share. */
export interface ResponseBody extends CompressibleBody {
  readonly hasErrors: boolean;
  /** True when an error is a failure of the gateway or a subgraph. */
  readonly hasFailed?: boolean;
}

/** Length from which bytes are cheaper: Node copies a string to prepend the headers. */
const LONG = 16_384;

/** Returns the body of a response (GraphQL specification, section 7.1). */
export function responseBody(result: ExecutionResult, context: RequestContext, format: FormatError): ResponseBody {
  const { federatedTraces } = context;
  const members = [planExtension(context), federatedTraces && `"ftv1":${JSON.stringify(federatedTraces)}`];
  let hasFailed = false;
  const noted: FormatError = (error) => {
    const formatted = format(error);
    hasFailed ||= isFailure(formatted.extensions.code);
    return formatted;
  };
  const text = resultText(result, noted, members.filter((member) => member !== undefined).join() || undefined);
  // Requests that share the result count its failure too.
  return { ...bodyOf(text, result.errors.length > 0), hasFailed };
}

/** Returns the body with this JSON text. */
export function bodyOf(text: string, hasErrors: boolean): ResponseBody {
  return { ...compressible(text.length < LONG ? text : Buffer.from(text)), hasErrors };
}

/**
 * Returns the JSON text of a result.
 *
 * @param extension JSON text of further members of the extensions, which are the first
 */
export function resultText(
  { data, errors, valueCompletion }: ExecutionResult,
  format: FormatError,
  extension: string | undefined,
): string {
  let text = errors.length > 0 ? `{"errors":${errorsText(errors, format)},` : '{';
  text += `"data":${data}`;
  if (valueCompletion.length > 0 || extension !== undefined) {
    const completion = valueCompletion.length > 0 ? [`"valueCompletion":${errorsText(valueCompletion, format)}`] : [];
    text += `,"extensions":{${[...(extension === undefined ? [] : [extension]), ...completion].join()}}`;
  }
  return `${text}}`;
}
