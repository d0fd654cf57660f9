/** Mistakes of one letter. */
export const TYPOS = ['missing', 'swapped', 'added', 'wrong'] as const;
export type Typo = (typeof TYPOS)[number];

const LETTERS = 'etaoinsrhldcumfpgwybvkxjqz';

/**
 * Returns a word with one letter missing, swapped with its neighbour, added or wrong, as the number determines. Equal neighbours are
 * swapped with the next different letter.
 */
export function misspell(word: string, typo: Typo, number: number): string {
  const place = number % (typo === 'added' ? word.length + 1 : word.length);
  const letter = LETTERS.charAt(Math.floor(number / 31) % LETTERS.length);
  if (typo === 'missing') return word.slice(0, place) + word.slice(place + 1);
  if (typo === 'added') return word.slice(0, place) + letter + word.slice(place);
  if (typo === 'wrong') {
    const other = letter === word.charAt(place).toLowerCase() ? 'x' : letter;
    return word.slice(0, place) + other + word.slice(place + 1);
  }
  for (let step = 0; step < word.length; step++) {
    const at = (place + step) % (word.length - 1);
    const [one, next] = [word.charAt(at), word.charAt(at + 1)];
    if (one.toLowerCase() !== next.toLowerCase()) return word.slice(0, at) + next + one + word.slice(at + 2);
  }
  return word;
}
