import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Texts of operations by their hash, as Apollo's clients register them (automatic persisted queries, version 1). */
export interface PersistedQueries {
  /**
   * The request with the text that its hash stands for; as it is when it brings none.
   *
   * @throws GraphQLError `PERSISTED_QUERY_NOT_FOUND`, upon which clients send the text too; `PERSISTED_QUERY_HASH_MISMATCH`
   */
  complete(request: Pick<FastifyRequest, 'body' | 'url' | 'method'>): { body: unknown; url: string };
  /** Keeps a valid text for the requests that bring only its hash; nothing without a hash. */
  register(extensions: unknown, text: string): void;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** @param maxBytes of text that is kept; the texts not asked for the longest are forgotten first */
export function createPersistedQueries(maxBytes: number): PersistedQueries {
  const texts = new LRUCache<string, string>({ maxSize: maxBytes, sizeCalculation: ({ length }) => length });

  function textOf(extensions: unknown, query: unknown): string | undefined {
    const hash = hashOf(extensions);
    if (hash === undefined) return undefined;
    if (query == null || query === '') {
      const text = texts.get(hash);
      if (text === undefined) throw refusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', 200);
      return text;
    }
    if (typeof query === 'string' && sha256(query) === hash) return undefined;
    throw refusal('The hash of the persisted query does not match its text.', 'PERSISTED_QUERY_HASH_MISMATCH', 400);
  }

  return {
    complete({ body, url, method }) {
      if (method === 'GET') {
        const parameters = new URLSearchParams(url.split('?')[1]);
        const text = textOf(parsed(parameters.get('extensions')), parameters.get('query'));
        return { body, url: text === undefined ? url : `${url}&query=${encodeURIComponent(text)}` };
      }
      if (typeof body !== 'object' || body === null || !('extensions' in body)) return { body, url };
      const text = textOf(body.extensions, 'query' in body ? body.query : undefined);
      return { body: text === undefined ? body : { ...body, query: text }, url };
    },
    register(extensions, text) {
      const hash = hashOf(extensions);
      if (hash !== undefined && !texts.has(hash)) texts.set(hash, text);
    },
  };
}

function hashOf(extensions: unknown): string | undefined {
  if (typeof extensions !== 'object' || extensions === null || !('persistedQuery' in extensions)) return undefined;
  const { persistedQuery } = extensions;
  if (typeof persistedQuery !== 'object' || persistedQuery === null) return undefined;
  const { version, sha256Hash } = persistedQuery as { version?: unknown; sha256Hash?: unknown };
  return version === 1 && typeof sha256Hash === 'string' && SHA256.test(sha256Hash) ? sha256Hash : undefined;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined; // what reads the request's parameters says so
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function refusal(message: string, code: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
