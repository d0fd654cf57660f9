import { memo } from 'react';
import { chooseMotif } from './motifs.tsx';
import { choosePalette } from './palettes.ts';
import { seededRandom } from './random.ts';
import { heightOf, layOutTitle } from './title-layout.ts';

/** The facts that a poster is drawn from. */
export interface PosterFacts {
  readonly title: string;
  readonly releaseDate: string | null;
  readonly genres: readonly { readonly name: string }[];
}

const BOX = { width: 172, height: 84, maxSize: 58 };
/** Baseline of the last line of the title. */
const BASELINE = 274;

function drawing({ title, releaseDate, genres }: PosterFacts) {
  const random = seededRandom(`${title} ${releaseDate ?? ''}`);
  const genre = genres[0]?.name;
  const palette = choosePalette(random, genre);
  return { palette, picture: chooseMotif(random, genre)(random, palette) };
}

/** A poster drawn from title, year and genres, the same for the same movie. It repeats a title that stands beside it. */
export const PosterArt = memo(function PosterArt(facts: PosterFacts) {
  const { palette, picture } = drawing(facts);
  const lines = layOutTitle(facts.title, BOX);
  let baseline = BASELINE - heightOf(lines);
  const year = facts.releaseDate?.slice(0, 4);
  return (
    <svg className="poster-art" viewBox="0 0 200 300" aria-hidden="true" focusable="false" color={palette.ground}>
      <rect width="200" height="300" fill={palette.ground} />
      <svg width="200" height="200" viewBox="0 0 200 200" aria-hidden="true">
        {picture}
      </svg>
      <rect y="186" width="200" height="114" fill={palette.ground} />
      <rect x="14" y="186" width="172" height="1.4" fill={palette.accents[0]} />
      {lines.map(({ text, size, width }, index) => {
        baseline += size * 0.86;
        return (
          <text
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a title never move.
            key={index}
            className="poster-title"
            x="14"
            y={baseline}
            fontSize={size}
            textLength={width}
            lengthAdjust="spacingAndGlyphs"
            fill={palette.ink}
          >
            {text}
          </text>
        );
      })}
      <text className="poster-credit" x="14" y="289" fontSize="9.5" fill={palette.ink}>
        {[year, ...facts.genres.slice(0, 2).map(({ name }) => name)].filter(Boolean).join('  ·  ')}
      </text>
    </svg>
  );
});

/** The picture of a movie's poster without its lettering, for the background of a page. */
export const PosterScene = memo(function PosterScene(facts: PosterFacts) {
  const { palette, picture } = drawing(facts);
  return (
    <svg
      className="poster-scene"
      viewBox="0 20 200 150"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      focusable="false"
      color={palette.ground}
    >
      <rect width="200" height="300" fill={palette.ground} />
      {picture}
    </svg>
  );
});
