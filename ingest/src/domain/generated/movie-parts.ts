/* Generated from supergraph.yaml by `npm run generate -w packages/supergraph-registry`; do not edit. */

import { detailsPart } from '../movie-details.ts';
import { mediaPart } from '../movie-media.ts';
import { creditsPart } from '../movie-credits.ts';
import { ratingsPart } from '../movie-ratings.ts';

/** The parts of a movie. Each is published to a topic of its own: `details` to `marquee.movie-details.v1`. */
export const MOVIE_PARTS = {
  details: detailsPart,
  media: mediaPart,
  credits: creditsPart,
  ratings: ratingsPart,
};

export type MoviePart = keyof typeof MOVIE_PARTS;

export const PART_NAMES = Object.keys(MOVIE_PARTS) as readonly MoviePart[];

/** The payload of each part. */
export type MoviePayloads = { readonly [Part in MoviePart]: ReturnType<(typeof MOVIE_PARTS)[Part]['toPayload']> };
