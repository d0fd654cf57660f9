import { seededRandom } from './seeded-random.ts';
import { WORDS } from './synthetic-facts.ts';

/** Returns numbers from 0 up to 1. */
export type Random = () => number;

const TEXT = createText();

export function whole(next: Random, below: number): number {
  return Math.floor(next() * below);
}

export function pick<Item>(next: Random, items: readonly Item[]): Item {
  return items[whole(next, items.length)] as Item;
}

/** Returns up to `max` consecutive items. */
export function some<Item>(next: Random, items: readonly Item[], max: number): Item[] {
  const start = whole(next, items.length);
  return items.slice(start, start + whole(next, max + 1));
}

/** Returns up to `max` different numbers from 1. */
export function distinct(next: Random, below: number, max: number): number[] {
  const numbers: number[] = [];
  for (let count = whole(next, max + 1); count > 0; count -= 1) {
    const number = 1 + whole(next, below);
    if (!numbers.includes(number)) numbers.push(number);
  }
  return numbers;
}

/** Returns a day of the years since `first`, YYYY-MM-DD. */
export function day(next: Random, first: number, years: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${first + whole(next, years)}-${two(1 + whole(next, 12))}-${two(1 + whole(next, 28))}`;
}

/** Returns a part of the synthetic text, which costs the same whatever its length. */
export function text(next: Random, length: number): string {
  const start = whole(next, TEXT.length - length);
  return TEXT.slice(start, start + length).trim();
}

function createText(): string {
  const next = seededRandom('text');
  return Array.from({ length: 3_000 }, () => pick(next, WORDS)).join(' ');
}
