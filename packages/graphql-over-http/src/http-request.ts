import { parse } from 'content-type';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { parseRequestParams, type RequestParams } from 'graphql-http';
import { mediaRanges, qualityOfType } from './accept.ts';
import { isTooDeep, MAX_JSON_DEPTH } from './json-depth.ts';

/** Result of a request: data, errors, or both. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly GraphQLError[];
  readonly data?: unknown;
}

type Refused = HttpAnswer & { readonly errors: readonly GraphQLError[] };
type Request = Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'body' | 'raw'>;

export interface RequestRules {
  /** True when cookies authenticate requests. */
  readonly usesCookies?: boolean;
}

/** Headers for which a browser sends a preflight to another origin (Fetch, section 2.2.2: they are not CORS-safelisted). */
const PREFLIGHTED_HEADERS = ['x-apollo-operation-name', 'apollo-require-preflight'];

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const EVENT_STREAM_TYPE = 'text/event-stream';

/** Names of the encoding of JSON (RFC 8259, section 8.1) and of its subset. */
const CHARSETS = new Set(['utf-8', 'utf8', 'us-ascii']);

/** The values of `content-type`, as constants: Fastify caches by string, and a new string would be hashed for each response. */
const JSON_CONTENT = `${JSON_TYPE}; charset=utf-8`;
const RESPONSE_CONTENT = `${RESPONSE_TYPE}; charset=utf-8`;

/** Returns the parameters of a request (https://graphql.github.io/graphql-over-http/draft/), or its rejection. */
export async function paramsOf(request: Request, rules: RequestRules = {}): Promise<RequestParams | Refused> {
  const { method, url, body, raw } = request;
  const refusal = method === 'POST' ? refusedBody(request) : refusedForgery(request, rules);
  if (refusal !== undefined) return refusal;
  try {
    const params = await parseRequestParams({
      method,
      url: withOneQuestionMark(url),
      // It is checked above; graphql-http takes fewer of the forms that RFC 9110 has for it.
      headers: { 'content-type': JSON_TYPE },
      body: body as Record<PropertyKey, unknown> | null,
      raw,
      context: undefined,
    });
    if ('query' in params) {
      // The whole body: what no parameter names may be parsed once more all the same.
      for (const value of Object.values(method === 'POST' ? (body as object) : params)) {
        if (isTooDeep(value)) return tooDeep();
      }
      return params;
    }
    const [, { status, statusText, headers: more }] = params;
    return { status, ...(more && { headers: more }), errors: badRequest(statusText).errors };
  } catch (error) {
    return badRequest((error as Error).message);
  }
}

/** Rejects a body that is not one JSON object. */
function refusedBody({ headers, body }: Request): Refused | undefined {
  const type = headers['content-type'];
  if (type !== JSON_TYPE) {
    const { type: mediaType, parameters } = parse(type ?? '');
    if (mediaType !== JSON_TYPE) {
      return unsupportedMediaType(`Send the operation as JSON, with the content type ${JSON_TYPE}.`);
    }
    const { charset = 'utf-8' } = parameters;
    if (!CHARSETS.has(charset.toLowerCase())) {
      return unsupportedMediaType('Send the operation as JSON in UTF-8: the content type names another charset.');
    }
  }
  if (Array.isArray(body)) {
    return badRequest('Batches are not supported: send each operation in a request of its own, as one JSON object.');
  }
  if (body != null && typeof body !== 'object') return badRequest('Send one JSON object as the body.');
  return undefined;
}

/**
 * Rejects a request that another site could make a browser send on a user's behalf. A link, an image and a form send no JSON body and none
 * of these headers. `Accept` is CORS-safelisted: a script of another site may send it but cannot read the response. Without cookies such a
 * request has no more rights than one from any other machine, and a GET changes nothing.
 */
function refusedForgery({ headers }: Request, { usesCookies = false }: RequestRules): Refused | undefined {
  if (PREFLIGHTED_HEADERS.some((name) => headers[name])) return undefined;
  if (headers['content-type'] !== undefined && parse(headers['content-type']).type === JSON_TYPE) return undefined;
  if (!usesCookies && acceptsGraphqlType(headers.accept)) return undefined;
  const accept = usesCookies ? '' : `accept: ${RESPONSE_TYPE}, `;
  return badRequest(
    `This may be a Cross-Site Request Forgery (CSRF): send the header ${accept}content-type: ${JSON_TYPE}, or one of ${PREFLIGHTED_HEADERS.join(', ')}.`,
  );
}

function acceptsGraphqlType(accept: string | undefined): boolean {
  return mediaRanges(accept).some(
    ({ type, quality }) => (type === RESPONSE_TYPE || type === EVENT_STREAM_TYPE) && quality > 0,
  );
}

/** Encodes further question marks of a query (RFC 3986, section 3.4), at which graphql-http would end it. */
function withOneQuestionMark(url: string): string {
  const start = url.indexOf('?') + 1;
  return start === 0 ? url : url.slice(0, start) + url.slice(start).replaceAll('?', '%3F');
}

/** Returns the media type of the response; undefined where the client accepts neither. */
export function responseTypeFor(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return JSON_TYPE;
  const ranges = mediaRanges(accept);
  const json = qualityOfType(ranges, JSON_TYPE);
  const response = qualityOfType(ranges, RESPONSE_TYPE);
  const isNamed = ranges.some(({ type }) => type === RESPONSE_TYPE);
  if (response > 0 && (isNamed ? response >= json : json === 0)) return RESPONSE_TYPE;
  return json > 0 ? JSON_TYPE : undefined;
}

/** Returns true when a client prefers a page, as a browser does that opens a link. */
export function prefersHtml(accept: string | undefined): boolean {
  if (!accept?.toLowerCase().includes('text/html')) return false;
  const ranges = mediaRanges(accept);
  const html = ranges.find(({ type }) => type === 'text/html')?.quality ?? 0;
  const json = Math.max(...[JSON_TYPE, RESPONSE_TYPE].map((type) => qualityOfType(ranges, type)));
  return html > json;
}

/** Returns the `content-type` of a response of this media type; that of JSON where the client accepts neither. */
export function contentTypeOf(type: string | undefined): string {
  return type === RESPONSE_TYPE ? RESPONSE_CONTENT : JSON_CONTENT;
}

/** Returns the response to a request without an operation. */
export function badRequest(message: string): Refused {
  return { status: 400, errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })] };
}

function tooDeep(): Refused {
  return badRequest(`Send parameters with at most ${MAX_JSON_DEPTH} levels of objects and lists.`);
}

function unsupportedMediaType(message: string): Refused {
  return { status: 415, errors: [new GraphQLError(message, { extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } })] };
}
