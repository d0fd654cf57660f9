import type { IngestReport } from '../application/ingest-films.ts';
import type { PartFailure } from '../application/part-failure.ts';
import type { Omission } from '../domain/omissions.ts';

/** The result of a run; `--json` prints it as it is. */
export interface Summary {
  /** Films that were begun. */
  readonly films: number;
  /** Parts published, by topic. */
  readonly published: Readonly<Record<string, number>>;
  /** TMDb numbers of films that TMDb does not know any more: deleted in every topic. */
  readonly deleted: readonly number[];
  /** TMDb numbers that TMDb does not know, and of which nothing was here. */
  readonly unknown: readonly number[];
  readonly failed: readonly PartFailure[];
  /** Values and entries of TMDb's answers that could not be used: how many, and the first of them. */
  readonly omitted: { readonly count: number; readonly first: readonly Omission[] };
  /** Films that the run did not come to, because it was stopped. */
  readonly notStarted: readonly number[];
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
  const { details, credits, ratings } = report.published;
  return {
    films: report.films,
    published: { [topicOf('details')]: details, [topicOf('credits')]: credits, [topicOf('ratings')]: ratings },
    deleted: report.deleted,
    unknown: report.unknown,
    failed: report.failed,
    omitted: report.omissions,
    notStarted: report.notStarted,
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
  if (summary.deleted.length > 0) lines.push(`  deleted, since TMDb does not know them: ${summary.deleted.join(', ')}`);
  if (summary.unknown.length > 0) lines.push(`  not known to TMDb: ${summary.unknown.join(', ')}`);
  if (summary.notStarted.length > 0) lines.push(`  not started: ${summary.notStarted.join(', ')}`);
  if (summary.failed.length > 0) lines.push(`  ${count(summary.failed.length, 'part')} failed:`);
  for (const { id, part, code, reason } of summary.failed) {
    lines.push(`    ${id === null ? '' : `${id} `}${part}: ${reason} (${code})`);
  }
  const { count: omitted, first } = summary.omitted;
  if (omitted > 0) lines.push(`  ${omitted} left out of TMDb's answers, which cannot be used:`);
  for (const { request, path, reason } of first.slice(0, SHOWN_OMISSIONS)) {
    lines.push(`    ${request} ${path}: ${reason}`);
  }
  if (omitted > SHOWN_OMISSIONS) lines.push('    …');
  return lines.join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
