import { createHash } from 'node:crypto';
import { GraphQLError, print, stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readCostDirectives } from '../directives/cost.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { parseNormalizedOperation } from '../graphql/normalized-operation.ts';
import { liftLiterals } from './lift-literals.ts';
import type { LiftedLiterals } from './lifted-literals.ts';
import { normalizeOperation } from './normalize-operation.ts';
import { DOCUMENT_BYTES_PER_CHARACTER, type PreparedOperation, prepareOperation } from './prepared-operation.ts';
import type { OperationLimits } from './rules/operation-limits.ts';
import { copyText, textBytes } from './text-memory.ts';
import { createDocumentValidator, kindRejection, selectOperation } from './validate-document.ts';

export interface CacheOptions {
  readonly limits: OperationLimits;
  /** True when clients may introspect the schema. */
  readonly introspection: boolean;
  /** True when messages may suggest names of the schema to clients. */
  readonly hints: boolean;
  /** Limit of the cache's approximate size in bytes. */
  readonly cacheBytes: number;
  /** Called for each lookup of a valid text's operation, and for each eviction. */
  readonly count: (event: 'hit' | 'miss' | 'eviction') => void;
}

/** An operation with the literals of its text. */
export interface FoundOperation {
  readonly operation: PreparedOperation;
  readonly literals: LiftedLiterals;
}

export interface CachedText {
  readonly text: string;
  /** Empty without a name. */
  readonly operationName: string;
  readonly operation: PreparedOperation;
}

/** Operations of one supergraph by text, and by normal form, which equivalent texts share. */
export interface OperationCache {
  /** Returns the operation of a cached text; undefined without one, or when the method does not allow its type. */
  cached(text: string, operationName: string | null | undefined, allowsMutation: boolean): FoundOperation | undefined;
  /**
   * Returns the operation of a text, prepared if it is not cached, or errors with codes for the client.
   *
   * @param allowsMutation false for methods that must be safe
   */
  find(
    text: string,
    operationName: string | null | undefined,
    allowsMutation: boolean,
  ): FoundOperation | readonly GraphQLError[];
  /** Marks an operation as the most recently used. */
  touch(text: string, operationName: string): void;
  /** Returns the cached texts, the most recently used first. */
  texts(): CachedText[];
  /** Approximate size in bytes. */
  readonly size: number;
}

interface OperationKey {
  readonly key: string;
  readonly literals: LiftedLiterals;
}

interface CachedOperations {
  /** Operations of a text by `operationName`. */
  readonly named: Map<string, OperationKey>;
  /** Approximate size of the literals in bytes. */
  readonly size: number;
}

interface Entry {
  readonly operation: PreparedOperation;
  /** Bytes. */
  readonly size: number;
}

/** Share of the cache for texts. */
const TEXT_SHARE = 1 / 4;

/** Least size of an entry. */
const ENTRY_BYTES = 400;

/** Least size of a literal's variable and values. */
const LITERAL_BYTES = 300;

/** Limit of cached operations of one text: clients request few. */
const MAX_NAMES = 100;

export function createOperationCache(
  supergraph: ExecutableSupergraph,
  sdl: string,
  options: CacheOptions,
): OperationCache {
  const { limits, introspection, hints, cacheBytes, count } = options;
  const { apiSchema } = supergraph;
  const validate = createDocumentValidator(apiSchema, { limits, introspection, hints });
  const prepareOptions = { supergraph, directives: readCostDirectives(sdl), maxCost: limits.cost, hints };
  const texts = new LRUCache<string, CachedOperations>({
    maxSize: Math.ceil(cacheBytes * TEXT_SHARE),
    sizeCalculation: ({ named, size }, text) => textBytes(text) + ENTRY_BYTES * (1 + named.size) + size,
  });
  const operations = new LRUCache<string, Entry>({
    maxSize: Math.ceil(cacheBytes * (1 - TEXT_SHARE)),
    sizeCalculation: ({ size }) => size,
    dispose: (_entry, _key, reason) => void (reason === 'evict' && count('eviction')),
  });

  /** Caches an operation with its present size: lru-cache measures a new value only. */
  function cacheOperation(key: string, operation: PreparedOperation): void {
    operations.set(key, { operation, size: ENTRY_BYTES + operation.size });
  }

  function lookUp(text: string, operationName: string): FoundOperation | undefined {
    const named = texts.get(text)?.named.get(operationName);
    const entry = named && operations.get(named.key);
    return entry && { operation: entry.operation, literals: named.literals };
  }

  function cacheText(text: string, operationName: string, named: OperationKey): void {
    const all = texts.get(text)?.named ?? new Map<string, OperationKey>();
    if (all.size >= MAX_NAMES) all.clear();
    all.set(copyText(operationName), named);
    const lifted = [...all.values()].reduce((sum, { literals }) => sum + literals.size, 0);
    // The literals of one operation are no longer than the text.
    const size = lifted === 0 ? 0 : LITERAL_BYTES * lifted + DOCUMENT_BYTES_PER_CHARACTER * text.length * all.size;
    texts.set(text, { named: all, size });
  }

  function cached(
    text: string,
    operationName: string | null | undefined,
    allowsMutation: boolean,
  ): FoundOperation | undefined {
    const found = lookUp(text, operationName ?? '');
    if (found === undefined || (found.operation.kind === 'mutation' && !allowsMutation)) return undefined;
    count('hit');
    return found;
  }

  return {
    cached,
    find(text, operationName, allowsMutation) {
      const found = cached(text, operationName, allowsMutation);
      if (found !== undefined) return found;
      // Cached literals are substrings of the parsed text.
      const copy = copyText(text);
      const document = validate(copy);
      if (!('kind' in document)) return document;
      const operation = selectOperation(document, operationName);
      if (operation instanceof GraphQLError) return [operation];
      const rejection = kindRejection(operation.operation, allowsMutation);
      if (rejection !== undefined) return [rejection];
      const { operation: lifted, literals } = liftLiterals(
        apiSchema,
        normalizeOperation(apiSchema, document, operation),
      );
      const normal = stripIgnoredCharacters(print(lifted));
      const key = createHash('sha256').update(normal).digest('base64');
      cacheText(copy, operationName ?? '', { key, literals });
      const entry = operations.get(key);
      count(entry === undefined ? 'miss' : 'hit');
      if (entry !== undefined) return { operation: entry.operation, literals };
      const onGrowth = () => {
        const isCached = operations.peek(key)?.operation === prepared;
        if (isCached) cacheOperation(key, prepared);
      };
      const prepared = prepareOperation({ ...prepareOptions, onGrowth }, parseNormalizedOperation(normal), normal);
      cacheOperation(key, prepared);
      return { operation: prepared, literals };
    },
    touch: (text, operationName) => void lookUp(text, operationName),
    texts() {
      return [...texts.entries()].flatMap(([text, { named }]) =>
        [...named].flatMap(([operationName, { key }]) => {
          const operation = operations.peek(key)?.operation;
          return operation === undefined ? [] : [{ text, operationName, operation }];
        }),
      );
    },
    get size() {
      return texts.calculatedSize + operations.calculatedSize;
    },
  };
}
