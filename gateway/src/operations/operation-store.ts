import { setImmediate as turn } from 'node:timers/promises';
import type { ProcessContext } from '@marquee/runtime/process';
import { Counter, Gauge } from 'prom-client';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { PreparationTurns } from '../supergraph/planner/preparation-turns.ts';
import {
  type CacheOptions,
  createOperationCache,
  type FoundOperation,
  type OperationCache,
} from './operation-cache.ts';
import type { PersistedDocument } from './persisted-document.ts';
import type { PreparedOperation } from './prepared-operation.ts';

/** A supergraph that operations are asked of. */
export interface SupergraphSource {
  readonly supergraph: ExecutableSupergraph;
  /** The supergraph's text. */
  readonly sdl: string;
}

export interface OperationStoreOptions extends Omit<CacheOptions, 'count'> {
  /** Time for operations that are cached to be made ready on another supergraph, in ms. */
  readonly warmUpMs: number;
  /** Turns for operations that are not cached. */
  readonly turns: PreparationTurns;
}

/** Operations that clients ask for, on the supergraph that is served and on the one that will be. */
export interface OperationStore {
  /** As {@link OperationCache.cached} */
  cached(place: SupergraphSource, ...requested: Parameters<OperationCache['cached']>): FoundOperation | undefined;
  /** As {@link OperationCache.find}, once it is its turn; @throws GraphQLError where too many operations wait for theirs */
  find(
    place: SupergraphSource,
    ...requested: Parameters<OperationCache['find']>
  ): Promise<ReturnType<OperationCache['find']>>;
  /** Makes ready on a supergraph what is persisted, however long it takes, and what was asked for on the one before. */
  warmUp(place: SupergraphSource): Promise<void>;
  /** Makes these ready on the supergraph that is, or is about to be, served, and on those that come. */
  warmUpDocuments(documents: readonly PersistedDocument[]): Promise<void>;
}

/** Names of documents in one line of the log. */
const MAX_LOGGED = 20;

export function createOperationStore(ctx: ProcessContext, options: OperationStoreOptions): OperationStore {
  const counts = { hit: 0, miss: 0, eviction: 0 };
  const caches = new WeakMap<SupergraphSource, OperationCache>();
  let latest: OperationCache | undefined;
  let persisted: readonly PersistedDocument[] = [];
  let busy = Promise.resolve();
  /** Another supergraph and other documents may come at one time: whichever is later has both. */
  const inTurn = (work: () => Promise<void>) => (busy = busy.then(work, work));
  registerMetrics(ctx, counts, () => latest?.size ?? 0);

  function cacheOf(place: SupergraphSource): OperationCache {
    let cache = caches.get(place);
    if (cache === undefined) {
      const count = (event: keyof typeof counts) => void counts[event]++;
      cache = createOperationCache(place.supergraph, place.sdl, { ...options, count });
      caches.set(place, cache);
    }
    return cache;
  }

  /** Prepares the operation of a text; resolves to false when it cannot be prepared. */
  async function prepareText(
    cache: OperationCache,
    text: string,
    name?: string,
    like?: PreparedOperation,
  ): Promise<boolean> {
    await turn(); // validation is done here, requests in between
    const found = cache.find(text, name === '' ? undefined : name, true);
    if (!('operation' in found)) return false;
    const { plans, incrementalPlans } = found.operation;
    // Who took it in parts will do so again; of a document that nobody has asked for yet either may come.
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
    let [lost, done] = [0, 0];
    for (const { text, operationName, operation } of cached) {
      if (performance.now() > end || ctx.stopping.aborted) break;
      if (!(await prepareText(cache, text, operationName, operation))) lost += 1;
      done += 1;
    }
    // What was asked for last is to be forgotten last.
    for (const { text, operationName } of cached.slice(0, done).reverse()) cache.touch(text, operationName);
    if (lost > 0) ctx.logger.warn({ operations: lost }, 'known operations cannot be executed on the new supergraph');
    if (done < cached.length) {
      ctx.logger.warn({ operations: cached.length - done }, 'known operations are planned when they are asked for');
    }
  }

  return {
    cached(place, text, operationName, allowsMutation) {
      const cached = cacheOf(place).cached(text, operationName, allowsMutation);
      if (cached !== undefined) options.turns.noteCacheHit();
      return cached;
    },
    async find(place, text, operationName, allowsMutation) {
      await options.turns.begin();
      return cacheOf(place).find(text, operationName, allowsMutation);
    },
    warmUp: (place) =>
      inTurn(async () => {
        const before = latest;
        const cache = cacheOf(place);
        latest = cache;
        await preparePersisted(cache);
        if (before !== undefined && before !== cache) await prepareCached(cache, before);
      }),
    warmUpDocuments(documents) {
      persisted = documents;
      return inTurn(async () => {
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
  counter('marquee_operation_cache_hits_total', 'Operations that were cached.', () => counts.hit);
  counter('marquee_operation_cache_misses_total', 'Operations that were not cached.', () => counts.miss);
  counter('marquee_operation_cache_evictions_total', 'Operations that were forgotten.', () => counts.eviction);
  new Gauge({
    name: 'marquee_operation_cache_bytes',
    help: 'What cached operations take, about.',
    registers: [ctx.metrics],
    collect() {
      this.set(size());
    },
  });
}
