import { LRUCache } from 'lru-cache';
import type { Change } from './change-history.ts';

/** Changes whose loaders are kept, and for how long: subscribers of one change execute it at nearly the same time. */
const MAX_CHANGES = 100;
const SHARED_MS = 1_000;

/**
 * Returns a function that gives all subscribers of a change one context, so that they share what its loaders read. Each change has a
 * context of its own: what an earlier one has read is older than the change.
 */
export function shareContexts<Context extends object>(createContext: () => Context): (change: Change) => Context {
  const contexts = new LRUCache<Change, Context>({ max: MAX_CHANGES, ttl: SHARED_MS });
  return (change) => {
    let context = contexts.get(change);
    if (context === undefined) {
      context = createContext();
      contexts.set(change, context);
    }
    return context;
  };
}
