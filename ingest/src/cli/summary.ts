import type { IngestReport } from '../application/ingest-films.ts';
import type { PartFailure } from '../application/part-failure.ts';
import { PART_NAMES } from '../domain/movie-parts.ts';
import type { Omission } from '../domain/omissions.ts';

/** The result of a run; `--json` prints it as it is. Lists hold their first 1,000 entries; `counts` has how many there are. */
export interface Summary {
  /** Films that were begun. */
  readonly films: number;
  /** Parts published, by topic. */
  readonly published: Readonly<Record<string, number>>;
  /** TMDb numbers of films that TMDb does not know any more: deleted in every topic. */
  readonly deleted: readonly number[];
  /** TMDb numbers that TMDb does not know, and of which the event log held no details or cannot tell. */
  readonly unknown: readonly number[];
  readonly failed: readonly PartFailure[];
  /** Values and entries of TMDb's answers that could not be used: how many, and the first of them. */
  readonly omitted: { readonly count: number; readonly first: readonly Omission[] };
  /** Films that the run did not come to, because it was stopped. */
  readonly notStarted: readonly number[];
  /** The whole number of entries of each list. */
  readonly counts: IngestReport['counts'];
  /** The error that ended the run, if it did not come to its own end. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Requests to TMDb, repeated ones included. */
  readonly requests: number;
  /** Requests that repeated another. */
  readonly retries: number;
  readonly seconds: number;
}

/** Puts together what the parts of a run counted. @param topicOf the topic of a film's part */
export function toSummary(
  report: IngestReport,
  topicOf: (part: keyof IngestReport['published']) => string,
  rest: Pick<Summary, 'error' | 'requests' | 'retries' | 'seconds'>,
): Summary {
  return {
    films: report.films,
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

/** A summary for people. */
export function describe(summary: Summary): string {
  const parts = Object.entries(summary.published);
  const lines = [
    `${count(summary.films, 'film')} in ${summary.seconds} s, ${count(summary.requests, 'request')} (${summary.retries} repeated)`,
    ...parts.map(([topic, records]) => `  ${topic}: ${records} published`),
  ];
  const { deleted, unknown, failed, notStarted, counts } = summary;
  if (counts.deleted > 0) lines.push(`  deleted, since TMDb does not know them: ${listOf(deleted, counts.deleted)}`);
  if (counts.unknown > 0) lines.push(`  not known to TMDb: ${listOf(unknown, counts.unknown)}`);
  if (counts.notStarted > 0) lines.push(`  not started: ${listOf(notStarted, counts.notStarted)}`);
  if (counts.failed > 0) lines.push(`  ${count(counts.failed, 'part')} failed:`);
  for (const { id, part, code, reason } of failed) {
    lines.push(`    ${id === null ? '' : `${id} `}${part}: ${reason} (${code})`);
  }
  if (counts.failed > failed.length) lines.push(`    and ${counts.failed - failed.length} more`);
  const { count: omitted, first } = summary.omitted;
  if (omitted > 0) lines.push(`  ${omitted} left out of TMDb's answers, which cannot be used:`);
  for (const { request, path, reason } of first.slice(0, SHOWN_OMISSIONS)) {
    lines.push(`    ${request} ${path}: ${reason}`);
  }
  if (omitted > SHOWN_OMISSIONS) lines.push('    …');
  return lines.join('\n');
}

/** The ids of a list that may hold the first of them only. */
function listOf(ids: readonly number[], total: number): string {
  return total === ids.length ? ids.join(', ') : `${ids.join(', ')} and ${total - ids.length} more`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
