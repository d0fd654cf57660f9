import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { parseRequestParams, type RequestParams } from 'graphql-http';

/** What goes back: data, errors, or both. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly GraphQLError[];
  readonly data?: unknown;
}

type Refused = HttpAnswer & { readonly errors: readonly GraphQLError[] };

/** A browser asks before it sends any of these from another site; without one, and without a body of JSON, it does not. */
const PREFLIGHTED_HEADERS = ['x-apollo-operation-name', 'apollo-require-preflight'];

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';

/** The values of `content-type`. A string that is made for each answer has to be hashed for each, where Fastify remembers what it means. */
const JSON_CONTENT = `${JSON_TYPE}; charset=utf-8`;
const RESPONSE_CONTENT = `${RESPONSE_TYPE}; charset=utf-8`;

/** The parameters of a request (https://graphql.github.io/graphql-over-http/draft/), or how it is refused. */
export async function paramsOf(
  request: Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'body' | 'raw'>,
): Promise<RequestParams | Refused> {
  const { method, url, headers, raw } = request;
  const preflighted =
    headers['content-type'] === JSON_TYPE || method === 'POST' || PREFLIGHTED_HEADERS.some((name) => headers[name]);
  if (!preflighted) {
    return badRequest(
      `This may be a Cross-Site Request Forgery (CSRF): send the header content-type: ${JSON_TYPE}, or one of ${PREFLIGHTED_HEADERS.join(', ')}.`,
    );
  }
  try {
    const params = await parseRequestParams({
      method,
      url,
      headers,
      body: request.body as Record<PropertyKey, unknown> | null,
      raw,
      context: undefined,
    });
    if ('query' in params) return params;
    const [, { status, statusText, headers: more }] = params;
    return { status, ...(more && { headers: more }), errors: badRequest(statusText).errors };
  } catch (error) {
    return badRequest((error as Error).message);
  }
}

/** The media type that the answer is to have; undefined where the client takes neither. */
export function responseTypeFor(accept: string | undefined): string | undefined {
  if (accept === undefined) return JSON_TYPE;
  const accepted = accept.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase());
  if (accepted.includes(RESPONSE_TYPE)) return RESPONSE_TYPE;
  return ['*/*', 'application/*', JSON_TYPE].some((range) => accepted.includes(range)) ? JSON_TYPE : undefined;
}

/** The `content-type` of an answer that is to have this media type; JSON's where the client takes neither. */
export function contentTypeOf(type: string | undefined): string {
  return type === RESPONSE_TYPE ? RESPONSE_CONTENT : JSON_CONTENT;
}

/** The answer to a request that carries no operation. */
export function badRequest(message: string): Refused {
  return { status: 400, errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })] };
}
