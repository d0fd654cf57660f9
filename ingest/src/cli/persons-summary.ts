import type { PersonsReport } from '../application/ingest-persons.ts';
import type { Omissions } from '../domain/omissions.ts';
import { count, faultLines, listOf, type Summary } from './summary.ts';

/** The result of `ingest persons`, as `--json` prints it. Lists hold their first 1,000 entries; `counts` has the exact numbers. */
export type PersonsSummary = Omit<PersonsReport, 'published' | 'omissions'> &
  Pick<Summary, 'error' | 'requests' | 'retries' | 'seconds'> & {
    /** Number of published records by topic. */
    readonly published: Readonly<Record<string, number>>;
    /** Unusable values and entries of TMDb's responses: their number, and the first of them. */
    readonly omitted: Omissions;
  };

/** Builds the summary from a report. @param topic the topic of persons */
export function toPersonsSummary(
  { published, omissions, ...report }: PersonsReport,
  topic: string,
  rest: Pick<Summary, 'error' | 'requests' | 'retries' | 'seconds'>,
): PersonsSummary {
  return { ...report, published: { [topic]: published }, omitted: omissions, ...rest };
}

/** Formats a summary as text. */
export function describePersons(summary: PersonsSummary): string {
  const { absent, notStarted, failed, counts } = summary;
  const lines = [
    `${count(summary.persons, 'person')} in ${summary.seconds} s, ${count(summary.requests, 'request')} (${summary.retries} retried)`,
    ...Object.entries(summary.published).map(([topic, records]) => `  ${topic}: ${records} published`),
  ];
  if (counts.absent > 0) lines.push(`  deleted, because TMDb does not have them: ${listOf(absent, counts.absent)}`);
  if (counts.notStarted > 0) lines.push(`  not started: ${listOf(notStarted, counts.notStarted)}`);
  return [...lines, ...faultLines(failed, counts.failed, summary.omitted)].join('\n');
}
