import type { LoadFigures, OperationFigures } from './load-tally.ts';

const COLUMNS = ['requests', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'failed'];

/** Formats the figures of a load: a line for all, one for each operation, and the errors by code. */
export function loadTable(figures: LoadFigures, rate: number): string {
  const { seconds, notSent, errors, operations } = figures;
  const names = Object.keys(operations).toSorted();
  const width = Math.max(12, ...names.map(({ length }) => length));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(9))].join(' ');
  const codes = Object.entries(errors).map(([code, count]) => `${code} ${count}`);
  return [
    `${seconds.toFixed(0)} s, ${rate.toFixed(1)} responses per second${notSent === 0 ? '' : `, ${notSent} not sent`}`,
    row('', COLUMNS),
    row('all', cellsOf(figures)),
    ...names.map((name) => row(name, cellsOf(operations[name] as OperationFigures))),
    `errors: ${codes.length === 0 ? 'none' : codes.join(', ')}`,
  ].join('\n');
}

function cellsOf({ requests, failed, latencyMs }: OperationFigures): string[] {
  const { p50, p95, p99, max } = latencyMs ?? {};
  return [String(requests), ...[p50, p95, p99, max].map((value) => value?.toFixed(1) ?? ''), String(failed)];
}

/** Overwrites a table on a terminal with its next state. */
export class LiveTable {
  readonly #write: (text: string) => void;
  #lines = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  show(table: string): void {
    this.clear();
    this.#write(`${table}\n`);
    this.#lines = table.split('\n').length;
  }

  clear(): void {
    // Moves to the first line, and clears from there.
    if (this.#lines > 0) this.#write(`\x1b[${this.#lines}A\x1b[0J`);
    this.#lines = 0;
  }
}
