import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { InvalidArgumentError } from 'commander';

const LARGEST_ID = 2_147_483_647;

/**
 * Parses TMDb numbers of movies or persons, without duplicates.
 *
 * @throws MarqueeError `INVALID_ID` (exit code 2) that lists all invalid values
 */
export function tmdbIds(noun: string, example: number, values: readonly string[]): number[] {
  const invalid = values.filter((value) => !/^[1-9]\d*$/.test(value) || Number(value) > LARGEST_ID);
  if (invalid.length > 0) {
    const list = invalid.map((value) => JSON.stringify(value)).join(', ');
    throw new MarqueeError(
      'INVALID_ID',
      `A ${noun}'s id is its TMDb number, such as ${example}. Invalid ids: ${list}`,
      {
        exitCode: EXIT.usage,
      },
    );
  }
  return [...new Set(values.map(Number))];
}

/** Parses an option's whole number within bounds. */
export function whole(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Parses an option's share, from 0 to 1. */
export function share(value: string): number {
  const number = /^\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** Time before each response in ms: uniform between two bounds, or log-normal. */
export type LatencyOption =
  | { readonly min: number; readonly max: number }
  | { readonly median: number; readonly p99: number };

/** Parses an option's seed of random numbers. */
export const seed = whole(0, 4_294_967_295);

/** Parses a latency in ms: `50`, uniform `40..400`, or log-normal `80/900` (median and 99th percentile). */
export function latency(value: string): LatencyOption {
  const [, first = '', separator, second = first] = /^(\d{1,6})(?:(\.\.|\/)(\d{1,6}))?$/.exec(value) ?? [];
  const [low, high] = [Number(first), Number(second)];
  if (first === '' || low > high || high > 600_000 || (separator === '/' && low === 0)) {
    throw new InvalidArgumentError('It must be milliseconds up to 600000, such as 50, 40..400 or 80/900.');
  }
  return separator === '/' ? { median: low, p99: high } : { min: low, max: high };
}

/** Parses an option's number from 0. */
export function decimal(value: string): number {
  const number = /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isNaN(number)) return number;
  throw new InvalidArgumentError('It must be a number from 0.');
}
