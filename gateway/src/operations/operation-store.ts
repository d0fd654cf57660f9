import { setImmediate as turn } from 'node:timers/promises';
import type { ProcessContext } from '@marquee/runtime/process';
import { Counter, Gauge } from 'prom-client';
import type { Supergraph } from '../supergraph/load-supergraph.ts';
import type { PreparationTurns } from '../supergraph/planner/preparation-turns.ts';
import {
  type CacheOptions,
  createOperationCache,
  type FoundOperation,
  type OperationCache,
} from './operation-cache.ts';
import type { PersistedDocument } from './persisted-document-index.ts';
import type { PreparedOperation } from './prepared-operation.ts';

export interface OperationStoreOptions extends Omit<CacheOptions, 'count'> {
  /** Time for preparing cached operations on another supergraph, in ms. */
  readonly warmUpMs: number;
  /** Limits the operations that are prepared at once. */
  readonly turns: PreparationTurns;
}

/** The operation caches of the present and the next supergraph. */
export interface OperationStore {
  cached(supergraph: Supergraph, ...requested: Parameters<OperationCache['cached']>): FoundOperation | undefined;
  /** Waits for a turn; @throws GraphQLError when too many operations wait */
  find(
    supergraph: Supergraph,
    ...requested: Parameters<OperationCache['find']>
  ): Promise<ReturnType<OperationCache['find']>>;
  /** Prepares on a supergraph all persisted documents and, within {@link OperationStoreOptions.warmUpMs}, the cached operations of the previous one. */
  warmUp(supergraph: Supergraph): Promise<void>;
  /** Prepares documents on the latest supergraph, and on each later one. */
  warmUpDocuments(documents: readonly PersistedDocument[]): Promise<void>;
}

/** Limit of document names in a log line. */
const MAX_LOGGED = 20;

export function createOperationStore(ctx: ProcessContext, options: OperationStoreOptions): OperationStore {
  const counts = { hit: 0, miss: 0, eviction: 0 };
  const caches = new WeakMap<Supergraph, OperationCache>();
  let latest: OperationCache | undefined;
  let persisted: readonly PersistedDocument[] = [];
  let running = Promise.resolve();
  /** Supergraph and documents may change at once: the later warm-up then has both. */
  const enqueue = (work: () => Promise<void>) => (running = running.then(work, work));
  registerMetrics(ctx, counts, () => latest?.size ?? 0);

  function cacheOf(supergraph: Supergraph): OperationCache {
    let cache = caches.get(supergraph);
    if (cache === undefined) {
      const count = (event: keyof typeof counts) => void counts[event]++;
      cache = createOperationCache(supergraph, supergraph.sdl, { ...options, count });
      caches.set(supergraph, cache);
    }
    return cache;
  }

  /** @returns false when the operation cannot be prepared */
  async function prepareText(
    cache: OperationCache,
    text: string,
    name?: string,
    like?: PreparedOperation,
  ): Promise<boolean> {
    await turn(); // requests proceed between validations
    const found = cache.find(text, name === '' ? undefined : name, true);
    if (!('operation' in found)) return false;
    const { plans, incrementalPlans } = found.operation;
    // A document without previous callers may be requested either way.
    const preparing = [
      plans.prepare(like?.plans.callers),
      incrementalPlans?.prepare(like && (like.incrementalPlans?.callers ?? [])),
    ];
    return Promise.all(preparing).then(
      () => true,
      () => false,
    );
  }

  async function preparePersisted(cache: OperationCache): Promise<void> {
    const failed: string[] = [];
    for (const { name, body } of persisted) if (!(await prepareText(cache, body))) failed.push(name);
    if (failed.length === 0) return;
    const documents = failed.slice(0, MAX_LOGGED);
    ctx.logger.warn({ count: failed.length, documents }, 'persisted documents cannot be executed on the supergraph');
  }

  async function prepareCached(cache: OperationCache, before: OperationCache): Promise<void> {
    const cached = before.texts();
    const end = performance.now() + options.warmUpMs;
    let [failed, done] = [0, 0];
    for (const { text, operationName, operation } of cached) {
      if (performance.now() > end || ctx.stopping.aborted) break;
      if (!(await prepareText(cache, text, operationName, operation))) failed += 1;
      done += 1;
    }
    // The latest operations are evicted last.
    for (const { text, operationName } of cached.slice(0, done).reverse()) cache.touch(text, operationName);
    if (failed > 0)
      ctx.logger.warn({ operations: failed }, 'cached operations cannot be executed on the new supergraph');
    if (done < cached.length) {
      ctx.logger.warn({ operations: cached.length - done }, 'cached operations are planned when they are requested');
    }
  }

  return {
    cached(supergraph, text, operationName, allowsMutation) {
      const cached = cacheOf(supergraph).cached(text, operationName, allowsMutation);
      if (cached !== undefined) options.turns.noteCacheHit();
      return cached;
    },
    async find(supergraph, text, operationName, allowsMutation) {
      await options.turns.begin();
      return cacheOf(supergraph).find(text, operationName, allowsMutation);
    },
    warmUp: (supergraph) =>
      enqueue(async () => {
        const before = latest;
        const cache = cacheOf(supergraph);
        latest = cache;
        await preparePersisted(cache);
        if (before !== undefined && before !== cache) await prepareCached(cache, before);
      }),
    warmUpDocuments(documents) {
      persisted = documents;
      return enqueue(async () => {
        if (latest !== undefined) await preparePersisted(latest);
      });
    },
  };
}

function registerMetrics(
  ctx: ProcessContext,
  counts: Readonly<Record<'hit' | 'miss' | 'eviction', number>>,
  size: () => number,
): void {
  const counter = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers: [ctx.metrics],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  counter('marquee_operation_cache_hits_total', 'Lookups of operations that found one.', () => counts.hit);
  counter('marquee_operation_cache_misses_total', 'Lookups of operations that found none.', () => counts.miss);
  counter('marquee_operation_cache_evictions_total', 'Operations that were evicted.', () => counts.eviction);
  new Gauge({
    name: 'marquee_operation_cache_bytes',
    help: 'Approximate size of the cached operations.',
    registers: [ctx.metrics],
    collect() {
      this.set(size());
    },
  });
}
