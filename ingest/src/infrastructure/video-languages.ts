const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`));

/**
 * The value of `include_video_language` for videos in every language: ISO 639-1, TMDb's `xx` and `cn`, and `null` for videos without one.
 * Without it TMDb returns English videos alone (https://developer.themoviedb.org/reference/movie-videos).
 */
export const EVERY_VIDEO_LANGUAGE = [
  ...new Set([...codes.filter((code) => names.of(code) !== undefined), 'xx', 'cn', 'null']),
].join(',');
