import { createHash } from 'node:crypto';
import { type GraphQLRequest, HeaderMap } from '@apollo/server';
import type { LifecycleRequest } from '../../http/request-lifecycle.ts';

type Extensions = Readonly<Record<string, unknown>>;

/** Returns a request for Apollo Server, with the text of the document that it names. */
export function requestOf({ request, params }: LifecycleRequest): GraphQLRequest {
  const { url, body } = request;
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // The response to HEAD is that to GET.
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const http = { method, headers, search, body };
  if (params === undefined) return { http };
  const { query, operationName, variables, extensions } = params;
  return {
    query,
    ...(operationName != null && { operationName }),
    ...(variables != null && { variables }),
    ...(extensions != null && { extensions: acceptable(extensions, query) }),
    http,
  };
}

/** Returns extensions without a hash that Apollo Server would reject: the gateway ignores those of other versions. */
function acceptable(extensions: Extensions, text: string): Extensions {
  if (extensions.persistedQuery === undefined) return extensions;
  const { persistedQuery, ...others } = extensions;
  const { version, sha256Hash } = (persistedQuery ?? {}) as { version?: unknown; sha256Hash?: unknown };
  const isValid = version === 1 && sha256Hash === createHash('sha256').update(text).digest('hex');
  return isValid ? extensions : others;
}
