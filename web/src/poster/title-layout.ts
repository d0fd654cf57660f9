/** A line of a title with its size. */
export interface TitleLine {
  readonly text: string;
  /** Font size in units of the poster. */
  readonly size: number;
  /** Width in units of the poster, to which the line is set. */
  readonly width: number;
}

/** The space for a title. */
export interface TitleBox {
  readonly width: number;
  readonly height: number;
  readonly maxSize: number;
}

/** Ways to break a title double with each word. */
const MAX_WORDS = 11;
const MAX_CHARACTERS = 60;
/** Distance of baselines in units of the font size: capitals have no descenders. */
const LEADING = 0.86;

const NARROW = /[IJ1.,:;!'’|()[\]\-–]/;
const WIDE = /[MWÆŒ@%]/;

/** Estimates the width of condensed bold capitals in units of the font size. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (character === ' ') width += 0.2;
    else if ((character.codePointAt(0) ?? 0) > 0x2e7f) width += 1;
    else if (NARROW.test(character)) width += 0.28;
    else if (WIDE.test(character)) width += 0.72;
    else width += 0.5;
  }
  return width;
}

/** Breaks a title into lines that fill the box: the break with the largest smallest line wins. */
export function layOutTitle(title: string, box: TitleBox): readonly TitleLine[] {
  const words = wordsOf(title.toLocaleUpperCase());
  let best: readonly TitleLine[] = [];
  let bestScore = -1;
  for (let breaks = 0; breaks < 2 ** Math.max(0, words.length - 1); breaks++) {
    const lines = fit(linesOf(words, breaks), box);
    const smallest = Math.min(...lines.map(({ size }) => size));
    const filled = lines.reduce((sum, { width }) => sum + width, 0) / (lines.length * box.width);
    const score = smallest * (0.6 + 0.4 * filled);
    if (score > bestScore) [best, bestScore] = [lines, score];
  }
  return best;
}

/** Returns the height of lines that are set below each other. */
export function heightOf(lines: readonly TitleLine[]): number {
  return lines.reduce((sum, { size }) => sum + size * LEADING, 0);
}

/** Returns the words of a title; of a long one those at the beginning, and an ellipsis. */
function wordsOf(title: string): readonly string[] {
  const words = title.slice(0, MAX_CHARACTERS).split(/\s+/).filter(Boolean);
  const isWhole = title.trimEnd().length <= MAX_CHARACTERS && words.length <= MAX_WORDS;
  return isWhole ? words : words.slice(0, MAX_WORDS).with(-1, `${words.slice(0, MAX_WORDS).at(-1)}…`);
}

/** Bit `n` of `breaks` ends a line after word `n`. */
function linesOf(words: readonly string[], breaks: number): string[] {
  const lines: string[] = [];
  let line = '';
  words.forEach((word, index) => {
    line = line === '' ? word : `${line} ${word}`;
    if ((breaks >> index) & 1 || index === words.length - 1) {
      lines.push(line);
      line = '';
    }
  });
  return lines;
}

function fit(texts: readonly string[], { width, height, maxSize }: TitleBox): TitleLine[] {
  const sizes = texts.map((text) => Math.min(maxSize, width / widthOf(text)));
  const total = sizes.reduce((sum, size) => sum + size * LEADING, 0);
  const scale = Math.min(1, height / total);
  return texts.map((text, index) => {
    const size = (sizes[index] ?? maxSize) * scale;
    return { text, size: round(size), width: round(widthOf(text) * size) };
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;
