import { OBSERVATION_TOPICS } from '@marquee/events/topics';

/** Returns ingest's table of the parts of a movie: for the topic `movie-awards`, `awardsPart` of `movie-awards.ts`. */
export function movieParts(subgraphs: readonly string[]): string {
  const files = subgraphs.flatMap((name) =>
    OBSERVATION_TOPICS.filter(({ entity, consumer }) => entity === 'Movie' && consumer === name).map(
      (topic): string => topic.part,
    ),
  );
  const parts = files.map((file) => ({ file, part: file.replace('movie-', '') }));
  return [
    ...parts.map(({ file, part }) => `import { ${part}Part } from '../${file}.ts';`),
    '',
    '/** The parts of a movie. Each is published to a topic of its own: `details` to `marquee.movie-details.v1`. */',
    'export const MOVIE_PARTS = {',
    ...parts.map(({ part }) => `  ${part}: ${part}Part,`),
    '};',
    '',
    'export type MoviePart = keyof typeof MOVIE_PARTS;',
    '',
    'export const PART_NAMES = Object.keys(MOVIE_PARTS) as readonly MoviePart[];',
    '',
    '/** The payload of each part. */',
    "export type MoviePayloads = { readonly [Part in MoviePart]: ReturnType<(typeof MOVIE_PARTS)[Part]['toPayload']> };",
    '',
  ].join('\n');
}
