import { EVERY_VIDEO_LANGUAGE } from './video-languages.ts';

/** Parts of a movie that the details' response contains. */
const APPENDED = [
  'keywords',
  'external_ids',
  'release_dates',
  'images',
  'videos',
  'translations',
  'alternative_titles',
  'watch/providers',
  'recommendations',
];

/** Query of the request of a movie's details. */
export const MOVIE_QUERY = { append_to_response: APPENDED.join(','), include_video_language: EVERY_VIDEO_LANGUAGE };

/** Query of the request of a movie's details, credits and first page of reviews. */
export const WHOLE_MOVIE_QUERY = { ...MOVIE_QUERY, append_to_response: [...APPENDED, 'credits', 'reviews'].join(',') };
