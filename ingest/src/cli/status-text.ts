import type { QueueStatus } from '../application/queue-status.ts';

const SHOWN_UNKNOWN = 20;

/** Formats the state of the queue as text. */
export function describeStatus(status: QueueStatus, now = new Date()): string {
  const { rate, replicas, failures, unknown, oldestRefresh } = status;
  const lines: string[] = [];
  for (const kind of ['movie', 'person'] as const) {
    const rows = status.entities.filter((row) => row.kind === kind);
    if (rows.length === 0) continue;
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    const states = rows.map(({ state, lane, count }) => `${count} ${state === 'queued' ? `queued (${lane})` : state}`);
    lines.push(`${total} ${kind}s: ${states.join(', ')}`);
    const oldest = oldestRefresh[kind];
    if (oldest) lines.push(`  the oldest refresh is ${age(oldest, now)} old`);
  }
  if (lines.length === 0) lines.push('the queue is empty');
  lines.push(
    status.behindSeconds >= 1 ? `behind by ${Math.round(status.behindSeconds)} s` : 'nothing is overdue',
    `${rate.perSecond.toFixed(1)} of ${rate.most.toFixed(1)} requests per second; ${rate.refused} refused, ${Math.round(rate.throttledSeconds)} s throttled`,
    `replicas: ${replicas.length}${replicas.map(({ name, command }) => `\n  ${name}: ${command}`).join('')}`,
  );
  for (const { kind, code, state, count, examples } of failures) {
    lines.push(`${count} ${kind}s failed with ${code}${state === 'failed' ? ', for good' : ', to be retried'}:`);
    for (const { id, reason } of examples) lines.push(`  ${id}: ${reason}`);
  }
  if (unknown.count > 0) {
    const more = unknown.count > SHOWN_UNKNOWN ? ' …' : '';
    lines.push(`${unknown.count} unknown to TMDb: ${unknown.first.slice(0, SHOWN_UNKNOWN).join(', ')}${more}`);
  }
  for (const [name, position] of Object.entries(status.cursors)) {
    lines.push(`${name}: ${new Date(position).toISOString()}`);
  }
  return lines.join('\n');
}

function age(time: Date, now: Date): string {
  const hours = (now.getTime() - time.getTime()) / 3_600_000;
  return hours < 48 ? `${Math.max(0, Math.round(hours))} h` : `${Math.round(hours / 24)} days`;
}
