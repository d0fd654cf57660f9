import type { Refreshed } from '../application/refresh.ts';
import { MAX_LISTED } from '../application/tally.ts';
import type { Entity } from '../domain/entity.ts';

type Result = Refreshed['result'];

/** A movie or person whose request failed. */
interface ListedFailure extends Entity {
  readonly code: string;
  readonly reason: string;
  /** False when it is not retried. */
  readonly isRetried: boolean;
}

/** The result of a run on the queue, as `--json` prints it. Lists hold their first 1,000 entries. */
export interface WorkSummary {
  /** Number of results by kind; a movie that was requested twice has two. */
  readonly results: Readonly<Record<Result, number>>;
  readonly deleted: readonly number[];
  readonly failed: readonly ListedFailure[];
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Requests to TMDb, retries included, and the retries among them. */
  readonly requests: number;
  readonly retries: number;
  readonly seconds: number;
}

/** Counts results for a summary. */
export function createWorkTally() {
  const results: Record<Result, number> = {
    published: 0,
    unchanged: 0,
    missing: 0,
    deleted: 0,
    failed: 0,
    released: 0,
  };
  const deleted: number[] = [];
  const failed = new Map<string, ListedFailure>();
  return {
    results,
    /** Number of entities with a final result. */
    get done() {
      return results.published + results.unchanged + results.deleted;
    },
    /** Number of entities whose last request failed. */
    get failed() {
      return failed.size;
    },
    add({ kind, id }: Entity, { result, settlement }: Refreshed): void {
      results[result] += 1;
      const key = `${kind} ${id}`;
      if (result === 'deleted' && deleted.length < MAX_LISTED) deleted.push(id);
      if (settlement.outcome !== 'failed') {
        if (result !== 'released') failed.delete(key);
      } else if (failed.size < MAX_LISTED || failed.has(key)) {
        const { code, reason, retryInSeconds } = settlement;
        failed.set(key, { kind, id, code, reason, isRetried: retryInSeconds !== null });
      }
    },
    summary: (rest: Pick<WorkSummary, 'error' | 'requests' | 'retries' | 'seconds'>): WorkSummary => ({
      results,
      deleted,
      failed: [...failed.values()],
      ...rest,
    }),
  };
}

const SHOWN_FAILURES = 20;

/** Formats a summary as text. */
export function describeWork({ results, deleted, failed, requests, retries, seconds }: WorkSummary): string {
  const lines = [
    `${results.published} published, ${results.unchanged} unchanged in ${seconds} s, ${requests} requests (${retries} retried)`,
  ];
  if (results.deleted > 0)
    lines.push(`  ${results.deleted} deleted, because TMDb no longer has them: ${deleted.join(', ')}`);
  if (failed.length > 0) lines.push(`  ${failed.length} failed:`);
  for (const { kind, id, code, reason, isRetried } of failed.slice(0, SHOWN_FAILURES)) {
    lines.push(`    ${kind} ${id}: ${reason} (${code}${isRetried ? ', is retried' : ''})`);
  }
  if (failed.length > SHOWN_FAILURES) lines.push('    …; `ingest status` has the counts by code');
  return lines.join('\n');
}
