import { createHash } from 'node:crypto';
import { GraphQLError, print, stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readCostDirectives } from '../directives/cost.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { parseNormalizedOperation } from '../graphql/normalized-operation.ts';
import { copyText, textBytes } from './kept-text.ts';
import { liftLiterals } from './lift-literals.ts';
import type { LiftedLiterals } from './lifted-literals.ts';
import { normalizeOperation } from './normalize-operation.ts';
import { DOCUMENT_BYTES_PER_CHARACTER, type PreparedOperation, prepareOperation } from './prepared-operation.ts';
import type { OperationLimits } from './rules/operation-limits.ts';
import { createDocumentValidator, kindRejection, selectOperation } from './validate-document.ts';

export interface CacheOptions {
  readonly limits: OperationLimits;
  /** True when clients may introspect the schema. */
  readonly introspection: boolean;
  /** True when messages may suggest names of the schema to clients. */
  readonly hints: boolean;
  /** Limit of the cache's approximate size in bytes. */
  readonly cacheBytes: number;
  /** Hears of each operation that is looked for in a valid text, and of each that is forgotten. */
  readonly count: (event: 'hit' | 'miss' | 'eviction') => void;
}

/** An operation, and the literals of the text that asks for it. */
export interface FoundOperation {
  readonly operation: PreparedOperation;
  readonly literals: LiftedLiterals;
}

/** A text that is remembered, and what of it was asked for. */
export interface CachedText {
  readonly text: string;
  /** Empty where no name was given. */
  readonly operationName: string;
  readonly operation: PreparedOperation;
}

/** Operations of one supergraph, each cached by its normal form however it is written. */
export interface OperationCache {
  /** The operation of a text that is remembered; undefined where it is not, or may not be requested in this way. */
  cached(text: string, operationName: string | null | undefined, allowsMutation: boolean): FoundOperation | undefined;
  /**
   * The operation of a text, or why there is none; errors have codes, and are for clients to see.
   *
   * @param allowsMutation whether a mutation may be asked for in this way
   */
  find(
    text: string,
    operationName: string | null | undefined,
    allowsMutation: boolean,
  ): FoundOperation | readonly GraphQLError[];
  /** Counts as asking for what is remembered. */
  touch(text: string, operationName: string): void;
  /** Texts that are remembered, the latest first. */
  texts(): CachedText[];
  /** Bytes that it takes, about. */
  readonly size: number;
}

/** The key of an operation, and the literals that a text has for it. */
interface OperationKey {
  readonly key: string;
  readonly literals: LiftedLiterals;
}

/** Operations of a text by the name under which they are requested. */
interface CachedOperations {
  readonly named: Map<string, OperationKey>;
  /** Bytes of their literals, about. */
  readonly size: number;
}

interface Entry {
  readonly operation: PreparedOperation;
  /** Bytes. */
  readonly size: number;
}

/** The share of the cache that is for texts. */
const TEXT_SHARE = 1 / 4;

/** Bytes of an entry, however small. */
const ENTRY_BYTES = 400;

/** Bytes of a literal's variable and values, however small. */
const LITERAL_BYTES = 300;

/** Texts of one document ask for few of its operations. */
const MAX_NAMES = 100;

export function createOperationCache(
  supergraph: ExecutableSupergraph,
  sdl: string,
  options: CacheOptions,
): OperationCache {
  const { limits, introspection, hints, cacheBytes, count } = options;
  const { apiSchema } = supergraph;
  const check = createDocumentValidator(apiSchema, { limits, introspection, hints });
  const ready = { supergraph, directives: readCostDirectives(sdl), maxCost: limits.cost, hints };
  const texts = new LRUCache<string, CachedOperations>({
    maxSize: Math.ceil(cacheBytes * TEXT_SHARE),
    sizeCalculation: ({ named, size }, text) => textBytes(text) + ENTRY_BYTES * (1 + named.size) + size,
  });
  const operations = new LRUCache<string, Entry>({
    maxSize: Math.ceil(cacheBytes * (1 - TEXT_SHARE)),
    sizeCalculation: ({ size }) => size,
    dispose: (_entry, _key, reason) => void (reason === 'evict' && count('eviction')),
  });

  /** Remembers an operation, with its size as it has become: of a value that stays the same the cache does not measure the size anew. */
  function cacheOperation(key: string, operation: PreparedOperation): void {
    operations.set(key, { operation, size: ENTRY_BYTES + operation.size });
  }

  function lookUp(text: string, operationName: string): FoundOperation | undefined {
    const named = texts.get(text)?.named.get(operationName);
    const entry = named && operations.get(named.key);
    return entry && { operation: entry.operation, literals: named.literals };
  }

  function cacheText(text: string, operationName: string, named: OperationKey): void {
    const others = texts.get(text)?.named ?? new Map<string, OperationKey>();
    if (others.size >= MAX_NAMES) others.clear();
    others.set(copyText(operationName), named);
    const lifted = [...others.values()].reduce((sum, { literals }) => sum + literals.size, 0);
    // The literals of one name are no longer than the text.
    const size = lifted === 0 ? 0 : LITERAL_BYTES * lifted + DOCUMENT_BYTES_PER_CHARACTER * text.length * others.size;
    texts.set(text, { named: others, size });
  }

  function cached(
    text: string,
    operationName: string | null | undefined,
    allowsMutation: boolean,
  ): FoundOperation | undefined {
    const found = lookUp(text, operationName ?? '');
    if (found === undefined || !(allowsMutation || found.operation.kind === 'query')) return undefined;
    count('hit');
    return found;
  }

  return {
    cached,
    find(text, operationName, allowsMutation) {
      const found = cached(text, operationName, allowsMutation);
      if (found !== undefined) return found;
      // Literals are parts of the text that is parsed.
      const kept = copyText(text);
      const document = check(kept);
      if (!('kind' in document)) return document;
      const operation = selectOperation(document, operationName);
      if (operation instanceof GraphQLError) return [operation];
      const refusal = kindRejection(operation.operation, allowsMutation);
      if (refusal !== undefined) return [refusal];
      const { operation: lifted, literals } = liftLiterals(
        apiSchema,
        normalizeOperation(apiSchema, document, operation),
      );
      const normal = stripIgnoredCharacters(print(lifted));
      const key = createHash('sha256').update(normal).digest('base64');
      cacheText(kept, operationName ?? '', { key, literals });
      const entry = operations.get(key);
      count(entry === undefined ? 'miss' : 'hit');
      if (entry !== undefined) return { operation: entry.operation, literals };
      const onGrowth = () => {
        // Unless it is forgotten already.
        if (operations.peek(key)?.operation === made) cacheOperation(key, made);
      };
      const made = prepareOperation({ ...ready, onGrowth }, parseNormalizedOperation(normal), normal);
      cacheOperation(key, made);
      return { operation: made, literals };
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
