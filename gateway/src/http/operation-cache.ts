import { createHash } from 'node:crypto';
import { GraphQLError, Kind, parse, print, stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { normalForm } from '../execution/normal-form.ts';
import { documentCheck, operationOf, refusalOf } from './check-document.ts';
import { costDirectives } from './cost-directives.ts';
import type { OperationLimits } from './operation-limits.ts';
import { type ReadyOperation, readyOperation } from './ready-operation.ts';

export interface CacheOptions {
  readonly limits: OperationLimits;
  /** Whether clients may read the schema. */
  readonly introspection: boolean;
  /** What is kept of operations may take, about, in bytes. */
  readonly cacheBytes: number;
  /** Hears of each operation that is looked for in a valid text, and of each that is forgotten. */
  readonly count: (event: 'hit' | 'miss' | 'eviction') => void;
}

/** A text that is remembered, and what of it was asked for. */
export interface KnownText {
  readonly text: string;
  /** Empty where no name was given. */
  readonly operationName: string;
  readonly operation: ReadyOperation;
}

/** Operations of one supergraph, each known by its normal form however it is written. */
export interface OperationCache {
  /**
   * The operation of a text, or why there is none; errors have codes, and are for clients to see.
   *
   * @param mayWrite whether a mutation may be asked for in this way
   */
  find(
    text: string,
    operationName: string | null | undefined,
    mayWrite: boolean,
  ): ReadyOperation | readonly GraphQLError[];
  /** Counts as asking for what is remembered. */
  touch(text: string, operationName: string): void;
  /** What is remembered, that which was asked for last first. */
  known(): KnownText[];
  /** Bytes that it takes, about. */
  readonly size: number;
}

/** Keys of operations by the name under which they are asked for. */
interface Text {
  readonly keys: Map<string, string>;
}

interface Entry {
  readonly operation: ReadyOperation;
  /** Bytes. */
  readonly size: number;
}

/** The share of the cache that is for texts. */
const TEXTS = 1 / 4;

/** Bytes of an entry, however small. */
const SIZE_OF_ENTRY = 400;

/** Texts of one document ask for few of its operations. */
const MAX_NAMES = 100;

export function createOperationCache(
  supergraph: ExecutableSupergraph,
  sdl: string,
  options: CacheOptions,
): OperationCache {
  const { limits, introspection, cacheBytes, count } = options;
  const { apiSchema } = supergraph;
  const check = documentCheck(apiSchema, limits, introspection);
  const ready = { supergraph, directives: costDirectives(sdl), maxCost: limits.cost };
  const texts = new LRUCache<string, Text>({
    maxSize: Math.ceil(cacheBytes * TEXTS),
    sizeCalculation: ({ keys }, text) => text.length + SIZE_OF_ENTRY * (1 + keys.size),
  });
  const operations = new LRUCache<string, Entry>({
    maxSize: Math.ceil(cacheBytes * (1 - TEXTS)),
    sizeCalculation: ({ size }) => size,
    dispose: (_entry, _key, reason) => void (reason === 'evict' && count('eviction')),
  });

  /** Remembers an operation, with its size as it has become: of a value that stays the same the cache does not measure the size anew. */
  function keep(key: string, operation: ReadyOperation): void {
    operations.set(key, { operation, size: SIZE_OF_ENTRY + operation.size });
  }

  function lookUp(text: string, operationName: string): ReadyOperation | undefined {
    const key = texts.get(text)?.keys.get(operationName);
    const entry = key === undefined ? undefined : operations.get(key);
    return entry?.operation;
  }

  function remember(text: string, operationName: string, key: string): void {
    const keys = texts.get(text)?.keys ?? new Map();
    if (keys.size >= MAX_NAMES) keys.clear();
    texts.set(text, { keys: keys.set(operationName, key) });
  }

  return {
    find(text, operationName, mayWrite) {
      const found = lookUp(text, operationName ?? '');
      if (found !== undefined && (mayWrite || found.kind === 'query')) {
        count('hit');
        return found;
      }
      const document = check(text);
      if (!('kind' in document)) return document;
      const operation = operationOf(document, operationName);
      if (operation instanceof GraphQLError) return [operation];
      const refusal = refusalOf(operation.operation, mayWrite);
      if (refusal !== undefined) return [refusal];
      const normal = stripIgnoredCharacters(print(normalForm(apiSchema, document, operation)));
      const key = createHash('sha256').update(normal).digest('base64');
      remember(text, operationName ?? '', key);
      const known = operations.get(key);
      count(known === undefined ? 'miss' : 'hit');
      if (known !== undefined) return known.operation;
      const alone = parse(normal, { noLocation: true });
      const [only] = alone.definitions;
      if (only?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The normal form is no operation.');
      const onGrowth = () => {
        // Unless it is forgotten already.
        if (operations.peek(key)?.operation === made) keep(key, made);
      };
      const made = readyOperation({ ...ready, onGrowth }, alone, only, normal);
      keep(key, made);
      return made;
    },
    touch: (text, operationName) => void lookUp(text, operationName),
    known() {
      return [...texts.entries()].flatMap(([text, { keys }]) =>
        [...keys].flatMap(([operationName, key]) => {
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
