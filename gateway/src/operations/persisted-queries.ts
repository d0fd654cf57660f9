import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentIndex, type PersistedDocument, sha256 } from './persisted-document-index.ts';
import { copyText, textBytes } from './text-memory.ts';

/** The parts of an HTTP request that may name a document. */
interface NamingRequest {
  readonly method: string;
  readonly body: unknown;
  readonly url: string;
}

/** A request's body and URL with the document's text. */
interface CompletedRequest {
  readonly body: unknown;
  readonly url: string;
}

/**
 * Documents that requests name by id: persisted ones
 * (https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md) and,
 * unless only those are executed, automatic persisted queries of Apollo's clients (version 1).
 */
export interface PersistedQueries {
  /**
   * Returns the request with the text that it names; unchanged when it names none.
   *
   * @throws GraphQLError `PERSISTED_QUERY_NOT_FOUND`, upon which Apollo's clients send the text too;
   *   `PERSISTED_QUERY_HASH_MISMATCH`, `PERSISTED_DOCUMENT_NOT_FOUND`, `PERSISTED_DOCUMENT_MISMATCH`, and
   *   `PERSISTED_DOCUMENTS_ONLY` for a text that is not persisted
   */
  complete(request: NamingRequest): CompletedRequest;
  /** Registers a valid text for requests with only its hash; does nothing without a hash. */
  register(extensions: unknown, text: string): void;
  /** Registers a text that another worker registered. */
  registerText(text: string): void;
}

export interface PersistedQueriesOptions {
  /** Limit of registered texts in bytes; the least recently used are dropped first. */
  readonly maxBytes: number;
  /** Called for each text that a client registers. */
  readonly onRegister?: ((text: string) => void) | undefined;
  /** Returns the persisted documents; the same list until they change. */
  readonly documents: () => readonly PersistedDocument[];
  /** True when only persisted documents are executed. */
  readonly only: boolean;
}

/** The document of a request: its text, id or extensions. */
interface DocumentReference {
  readonly query: unknown;
  readonly documentId: unknown;
  readonly extensions: unknown;
}

/** Bytes of a registered text's hash and its places in the cache. */
const ENTRY_BYTES = 400;

const SHA256 = /^[0-9a-f]{64}$/;

export function createPersistedQueries({
  maxBytes,
  documents,
  only,
  onRegister,
}: PersistedQueriesOptions): PersistedQueries {
  const registered = new LRUCache<string, string>({
    maxSize: maxBytes,
    sizeCalculation: (text) => ENTRY_BYTES + textBytes(text),
  });
  const index = documentIndex(documents);

  /** Returns the text that a request names; undefined when it sends one, or nothing. */
  function textOf({ query, documentId, extensions }: DocumentReference): string | undefined {
    const hash = hashOf(extensions);
    const given = query == null || query === '' ? undefined : query;
    if (documentId != null && documentId !== '') return persisted(documentId, given);
    if (hash !== undefined && given === undefined) {
      const text = index.byHash(hash) ?? (only ? undefined : registered.get(hash));
      if (text !== undefined) return text;
      throw only ? notFound() : rejection('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', 200);
    }
    if (hash !== undefined && !(typeof given === 'string' && sha256(given) === hash)) {
      throw rejection('The hash of the persisted query does not match its text.', 'PERSISTED_QUERY_HASH_MISMATCH', 400);
    }
    if (only && typeof given === 'string' && !index.has(given)) throw notPersisted();
    return undefined;
  }

  function persisted(documentId: unknown, given: unknown): string {
    const text = typeof documentId === 'string' ? index.byId(documentId) : undefined;
    if (text === undefined) throw notFound();
    if (given === undefined || given === text) return text;
    throw rejection(
      'The text is not that of the document that `documentId` names: send one of them.',
      'PERSISTED_DOCUMENT_MISMATCH',
      400,
    );
  }

  return {
    complete({ body, url, method }) {
      if (method === 'GET') {
        const parameters = new URLSearchParams(url.split('?')[1]);
        const text = textOf({
          query: parameters.get('query'),
          documentId: parameters.get('documentId') ?? parameters.get('id'),
          extensions: parsed(parameters.get('extensions')),
        });
        if (text === undefined) return { body, url };
        parameters.set('query', text);
        return { body, url: `${url.split('?')[0]}?${parameters}` };
      }
      if (typeof body !== 'object' || body === null) return { body, url };
      const { query, documentId, id, extensions } = body as Readonly<Record<string, unknown>>;
      const text = textOf({ query, documentId: documentId ?? id, extensions });
      return { body: text === undefined ? body : { ...body, query: text }, url };
    },
    register(extensions, text) {
      if (only) return;
      const hash = hashOf(extensions);
      if (hash === undefined || registered.has(hash) || sha256(text) !== hash) return;
      registered.set(copyText(hash), copyText(text));
      onRegister?.(text);
    },
    registerText(text) {
      if (!only) registered.set(sha256(text), text);
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
    return undefined; // reported when the request's parameters are parsed
  }
}

function notFound(): GraphQLError {
  return rejection('No persisted document has this identifier.', 'PERSISTED_DOCUMENT_NOT_FOUND', 400);
}

function notPersisted(): GraphQLError {
  const message = 'Only persisted documents are executed: send `documentId`, or the text of a persisted document.';
  return rejection(message, 'PERSISTED_DOCUMENTS_ONLY', 403);
}

function rejection(message: string, code: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
