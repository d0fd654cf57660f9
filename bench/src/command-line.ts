import { InvalidArgumentError } from 'commander';
import type { Figure } from './figures.ts';

/** Where commands write. */
export interface CommandOutput {
  /** Lines of the result. */
  print(lines: string): void;
  /** One line that is written over, where somebody watches; an empty one clears it. */
  progress(what: string): void;
}

export const commandOutput: CommandOutput = {
  print: (lines) => void process.stdout.write(`${lines}\n`),
  progress: (what) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${what}`)),
};

/** An option's argument that is a whole number from 1. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

export const jsonLines = (figures: readonly Figure[]): string =>
  figures.map((figure) => JSON.stringify(figure)).join('\n');
