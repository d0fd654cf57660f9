import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { errors, Pool } from 'undici';

export interface OperationBody {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The end of a request. */
export interface Outcome {
  readonly text: string;
  /** The code of each error of the response, or of the failure to get one. */
  readonly codes: readonly string[];
}

/** Sends an operation and reads the response to its end, deferred parts included. It never rejects. */
export type SendOperation = (body: OperationBody) => Promise<Outcome>;

export interface Endpoint {
  readonly send: SendOperation;
  close(): Promise<void>;
}

export interface EndpointOptions {
  readonly url: URL;
  readonly timeoutMs: number;
}

/** Limits of codes for one response, and of a code's length. */
const MAX_CODES = 100;
const MAX_CODE = 64;

/** The media types of browsers' clients with `@defer`. */
const ACCEPT = 'multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9';

/** Creates an endpoint with as many connections as the requests in progress need. */
export function createEndpoint({ url, timeoutMs }: EndpointOptions): Endpoint {
  const pool = new Pool(url.origin, { pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const path = url.pathname + url.search;
  return {
    async send(operation) {
      try {
        const { statusCode, body } = await pool.request({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', accept: ACCEPT },
          body: JSON.stringify(operation),
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await body.text();
        return { text, codes: codesOf(statusCode, text) };
      } catch (error) {
        return { text: '', codes: [failureCode(error)] };
      }
    },
    close: () => pool.destroy(),
  };
}

/**
 * Parses the address of a GraphQL endpoint.
 *
 * @param allowsRemote false to refuse any other machine than this one
 * @throws MarqueeError `USAGE` (exit code 2)
 */
export function parseEndpoint(text: string, allowsRemote: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:') {
    throw new MarqueeError('USAGE', `--url must be an http address, not ${text}.`, { exitCode: EXIT.usage });
  }
  if (allowsRemote || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return url;
  const message = `${url.hostname} is another machine: --remote permits to load it.`;
  throw new MarqueeError('USAGE', message, { exitCode: EXIT.usage });
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
  readonly incremental?: readonly Result[];
}

function codesOf(status: number, text: string): string[] {
  // Most responses have no errors, and are not parsed.
  if (status === 200 && !text.includes('"errors"')) return text.includes('"data"') ? [] : ['NO_DATA'];
  const codes = resultsIn(text)
    .flatMap((result) => [result, ...(result.incremental ?? [])])
    .flatMap(({ errors = [] }) => errors)
    .map(({ extensions }) => String(extensions?.code ?? 'WITHOUT_CODE').slice(0, MAX_CODE));
  return codes.length === 0 && status !== 200 ? [`HTTP_${status}`] : codes.slice(0, MAX_CODES);
}

/** Parses a JSON response, or the parts of an incremental one. */
function resultsIn(text: string): Result[] {
  const bodies = text.startsWith('{') ? [text] : text.split('\r\n---').map((part) => part.split('\r\n\r\n')[1] ?? '');
  return bodies.flatMap((body) => {
    try {
      return body.startsWith('{') ? [JSON.parse(body) as Result] : [];
    } catch {
      return [{ errors: [{ extensions: { code: 'INVALID_JSON' } }] }];
    }
  });
}

function failureCode(error: unknown): string {
  const isTimeout =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof DOMException && error.name === 'TimeoutError');
  if (isTimeout) return 'TIMEOUT';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code.slice(0, MAX_CODE) : 'REQUEST_FAILED';
}
