/** Context of a rule's value: the whole body, the list item that contains the value, and the name of the list. */
export interface Surroundings {
  readonly body: Record<string, unknown>;
  readonly item: Record<string, unknown>;
  readonly list: string;
}

const IMAGES = 'https://image.tmdb.org/t/p';
const GENDERS = [null, 'FEMALE', 'MALE', 'NON_BINARY'];

const KINDS: Readonly<Record<string, string>> = { posters: 'POSTER', backdrops: 'BACKDROP', logos: 'LOGO' };

/** The kinds of release by TMDb's number. */
export const RELEASE_TYPES = [null, 'PREMIERE', 'THEATRICAL_LIMITED', 'THEATRICAL', 'DIGITAL', 'PHYSICAL', 'TV'];

/**
 * The rules of docs/tmdb-fields.md: written independently of ingest's mapping, so that they detect its errors.
 * A value that TMDb does not have is undefined.
 */
export const RULES: Readonly<Record<string, (value: unknown, around: Surroundings) => unknown>> = {
  text: known,
  quantity: (value) => (value === 0 ? null : (value ?? null)),
  flag: (value) => value ?? false,
  id: String,
  movie: (value, { body }) => String(value ?? body.id),
  title: (value, { body }) => value || body.title || body.original_title,
  imdb: (_value, { body }) => known(body.imdb_id),
  image,
  avatar: (path) => (typeof path === 'string' && path.startsWith('/http') ? path.slice(1) : image(path)),
  object: (value) => (value === null ? null : {}),
  average: (value, { body }) => (body.vote_count === 0 ? null : value),
  kind: (_value, { list }) => KINDS[list] ?? list.toUpperCase(),
  release: (value) => RELEASE_TYPES[value as number],
  gender: (value) => GENDERS[(value ?? 0) as number] ?? null,
  day: (value) => new Date(value as string).toISOString().slice(0, 10),
  moment: (value) => (known(value) === null ? null : new Date(value as string).toISOString()),
  date: (value) => (/^\d{4}-\d\d-\d\d$/.test(String(value)) ? value : null),
  mean: (value, { item }) => (item.vote_count ? value : null),
  author: (value, { item }) => {
    const details = item.author_details as { username?: string; name?: string } | undefined;
    return value || details?.username || details?.name || '';
  },
  page: (value) => (value as number) > 1,
  pages: (value) => (value as number) > 1,
};

function known(value: unknown): unknown {
  return value === '' ? null : (value ?? null);
}

function image(path: unknown): unknown {
  return path ? `${IMAGES}/original${path}` : null;
}
