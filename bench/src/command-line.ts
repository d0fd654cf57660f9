import { InvalidArgumentError } from 'commander';
import type { Figure } from './figures.ts';

/** Output of a command. */
export interface CommandOutput {
  /** Prints lines of the result. */
  print(lines: string): void;
  /** Overwrites the progress line on a terminal; an empty text clears it. */
  progress(text: string): void;
}

export const commandOutput: CommandOutput = {
  print: (lines) => void process.stdout.write(`${lines}\n`),
  progress: (text) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`)),
};

/** Parses an option's whole number from 1. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

export const jsonLines = (figures: readonly Figure[]): string =>
  figures.map((figure) => JSON.stringify(figure)).join('\n');
