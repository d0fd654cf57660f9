import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;

/** Bytes of a parsed document with its tokens for each character of its text. */
const BYTES_PER_CHARACTER = 48;

/** Least size of an entry. */
const ENTRY_BYTES = 400;

/**
 * Creates a store of parsed documents for plugins. Apollo Server's own measures each document by its JSON text, which takes longer than
 * parsing it.
 *
 * @param maxBytes limit of the approximate size
 */
export function createDocumentStore(maxBytes: number): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: maxBytes,
    sizeCalculation: ({ loc }) => ENTRY_BYTES + BYTES_PER_CHARACTER * (loc?.end ?? 0),
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => void documents.set(key, document),
    delete: async (key) => documents.delete(key),
  };
}
