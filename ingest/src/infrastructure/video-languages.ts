/** The codes of ISO 639-1, and former ones, which old entries may have. */
const CODES = `
  aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi
  fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr
  ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps
  pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve
  vi vo wa wo xh yi yo za zh zu`;

/**
 * The value of `include_video_language` for videos in every language: ISO 639-1, TMDb's `xx` and `cn`, and `null` for videos without one.
 * Without it TMDb returns English videos alone (https://developer.themoviedb.org/reference/movie-videos). The codes are listed here, since
 * the names of languages in ICU, of which they could be computed, take 5 MB of memory.
 */
export const EVERY_VIDEO_LANGUAGE = [...CODES.trim().split(/\s+/), 'xx', 'cn', 'null'].join(',');
