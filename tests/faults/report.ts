import type { LogKind } from './event-logs.ts';
import type { FaultCase } from './fault-case.ts';
import type { CaseResult } from './run.ts';

/** Returns lines for a terminal. */
export function describeResult(result: CaseResult): string {
  const { name, seconds, acknowledged, stored, announced, repeated, mistakes } = result;
  const counts = `${acknowledged} acknowledged, ${stored} stored, ${announced} announced (${repeated} repeated)`;
  return [
    `${mistakes.length === 0 ? 'kept' : 'BROKEN'}  ${name}: ${counts}, ${seconds} s`,
    ...factsOf(result).map((fact) => `        ${fact}`),
    ...mistakes.slice(0, 20).map((mistake) => `        ${mistake}`),
    ...(mistakes.length > 20 ? [`        and ${mistakes.length - 20} more`] : []),
  ].join('\n');
}

/** Returns a Markdown table with a row for each case, in the order of the cases. */
export function tableOf(cases: readonly FaultCase[], log: LogKind, results: ReadonlyMap<string, CaseResult>): string {
  const rows = cases.map(({ name, inapplicable }) => {
    const result = results.get(name);
    if (!result) return [`\`${name}\``, '', '', '', '', `not applicable: ${inapplicable?.[log]}`];
    const { acknowledged, stored, announced, repeated, seconds, mistakes } = result;
    const seen = mistakes.length > 0 ? [`BROKEN, mistakes: ${mistakes.length}`, ...factsOf(result)] : factsOf(result);
    const counts = [acknowledged, stored].map((count) => count.toLocaleString('en'));
    return [
      ...[`\`${name}\``, ...counts, `${announced.toLocaleString('en')} (${repeated})`],
      ...[seconds.toFixed(1), seen.join('; ')],
    ];
  });
  const head = ['case', 'acknowledged', 'stored', 'announced (repeated)', 'seconds', 'seen'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function factsOf({ facts, failedCalls }: CaseResult): string[] {
  const all = { ...facts, ...(failedCalls > 0 && { 'failed calls': failedCalls }) };
  return Object.entries(all).map(([fact, value]) => `${fact}: ${value}`);
}
