import type { IngestReport } from '../application/ingest-movies.ts';
import type { PartFailure } from '../application/part-failure.ts';
import { PART_NAMES } from '../domain/generated/movie-parts.ts';
import type { Omissions } from '../domain/omissions.ts';

/** The result of a run, as `--json` prints it. Lists hold their first 1,000 entries; `counts` has the exact numbers. */
export interface Summary {
  /** Number of movies that were started. */
  readonly films: number;
  /** Number of published parts by topic. */
  readonly published: Readonly<Record<string, number>>;
  /** TMDb numbers of movies that TMDb no longer has: deleted in every topic. */
  readonly deleted: readonly number[];
  /** TMDb numbers that TMDb does not have, without details in the event log or with an unreadable log. */
  readonly unknown: readonly number[];
  readonly failed: readonly PartFailure[];
  /** Unusable values and entries of TMDb's responses: their number, and the first of them. */
  readonly omitted: Omissions;
  /** Movies that were not started because the run was stopped. */
  readonly notStarted: readonly number[];
  /** Exact number of entries of each list. */
  readonly counts: IngestReport['counts'];
  /** The error that ended the run early, if any. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Requests to TMDb, retries included. */
  readonly requests: number;
  /** Retries among the requests. */
  readonly retries: number;
  readonly seconds: number;
}

/** Builds the summary from a report. @param topicOf returns the topic of a movie's part */
export function toSummary(
  report: IngestReport,
  topicOf: (part: keyof IngestReport['published']) => string,
  rest: Pick<Summary, 'error' | 'requests' | 'retries' | 'seconds'>,
): Summary {
  return {
    films: report.movies,
    published: Object.fromEntries(PART_NAMES.map((part) => [topicOf(part), report.published[part]])),
    deleted: report.deleted,
    unknown: report.unknown,
    failed: report.failed,
    omitted: report.omissions,
    notStarted: report.notStarted,
    counts: report.counts,
    ...rest,
  };
}

const SHOWN_OMISSIONS = 10;

/** Formats a summary as text. */
export function describe(summary: Summary): string {
  const parts = Object.entries(summary.published);
  const lines = [
    `${count(summary.films, 'movie')} in ${summary.seconds} s, ${count(summary.requests, 'request')} (${summary.retries} retried)`,
    ...parts.map(([topic, records]) => `  ${topic}: ${records} published`),
  ];
  const { deleted, unknown, failed, notStarted, counts } = summary;
  if (counts.deleted > 0) lines.push(`  deleted, because TMDb no longer has them: ${listOf(deleted, counts.deleted)}`);
  if (counts.unknown > 0) lines.push(`  unknown to TMDb: ${listOf(unknown, counts.unknown)}`);
  if (counts.notStarted > 0) lines.push(`  not started: ${listOf(notStarted, counts.notStarted)}`);
  return [...lines, ...faultLines(failed, counts.failed, summary.omitted)].join('\n');
}

/** Formats failures and omissions. @param total the number of failures, listed or not */
export function faultLines(failed: readonly PartFailure[], total: number, omissions: Omissions): string[] {
  const lines: string[] = [];
  if (total > 0) lines.push(`  ${count(total, 'part')} failed:`);
  for (const { id, part, code, reason } of failed) {
    lines.push(`    ${id === null ? '' : `${id} `}${part}: ${reason} (${code})`);
  }
  if (total > failed.length) lines.push(`    and ${total - failed.length} more`);
  const { count: omitted, first } = omissions;
  if (omitted > 0) lines.push(`  ${omitted} unusable values omitted from TMDb's responses:`);
  for (const { request, path, reason } of first.slice(0, SHOWN_OMISSIONS)) {
    lines.push(`    ${request} ${path}: ${reason}`);
  }
  if (omitted > SHOWN_OMISSIONS) lines.push('    …');
  return lines;
}

/** Formats ids with the number of those that are not listed. */
export function listOf(ids: readonly number[], total: number): string {
  return total === ids.length ? ids.join(', ') : `${ids.join(', ')} and ${total - ids.length} more`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
