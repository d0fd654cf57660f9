import { selectList } from '@marquee/postgres/select-list';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { MediaList, MediaLists, NamedTranslation, WatchOptions } from '../application/media-store.ts';
import type { AlternativeTitle, MediaField, MovieImage, MovieTranslation, MovieVideo } from '../domain/movie-media.ts';

/** How a list of media is read from a table `l`. */
interface ListReading<List extends MediaList> {
  readonly table: string;
  /** True in a table with `edited` rows, which are visible where the field of the list is overridden. */
  readonly isEditable: boolean;
  readonly columns: string;
  /** Conditions on the parameters from $2 on, which null fulfils. */
  readonly where: string;
  readonly values: (filter: MediaLists[List]['filter']) => readonly unknown[];
}

const oneOf = (column: string, parameter: string) => `(${parameter}::text[] is null or ${column} = any(${parameter}))`;

/** Select list of a translation `l`. */
export const TRANSLATION_COLUMNS = selectList<MovieTranslation>({
  language: 'l.language',
  country: 'l.country',
  title: 'l.title',
  overview: 'l.overview',
  tagline: 'l.tagline',
  homepage: 'l.homepage',
  runtime: 'l.runtime',
});

const LANGUAGE_NAME = (column: string) => `(select n.${column} from translation_languages n where n.code = l.language)`;

const OFFERS = `(
  select coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'displayPriority', o.display_priority,
    'provider', jsonb_build_object('id', p.id, 'name', p.name, 'logoPath', p.logo_path)) order by o.position), '[]')
  from movie_watch_offers o join watch_providers p on p.id = o.provider_id
  where o.movie_id = l.movie_id and o.country = l.country
)`;

export const MEDIA_LISTS: { readonly [List in MediaList]: ListReading<List> } = {
  images: {
    table: 'movie_images',
    isEditable: false,
    columns: selectList<MovieImage>({
      kind: 'l.kind',
      path: 'l.path',
      language: 'l.language',
      country: 'l.country',
      width: 'l.width',
      height: 'l.height',
      aspectRatio: 'l.aspect_ratio',
      voteAverage: 'l.vote_average',
      voteCount: 'l.vote_count',
    }),
    where: `${oneOf('l.kind', '$2')}
      and ($3::text[] is null or l.language = any($3) or l.language is null and array_position($3, null) is not null)`,
    values: ({ kinds, languages }) => [kinds, languages],
  },
  videos: {
    table: 'movie_videos',
    isEditable: true,
    columns: selectList<MovieVideo>({
      tmdbId: 'l.tmdb_id',
      site: 'l.site',
      key: 'l.key',
      type: 'l.type',
      name: 'l.name',
      language: 'l.language',
      country: 'l.country',
      official: 'l.official',
      size: 'l.size',
      publishedAt: 'l.published_at',
    }),
    where: `${oneOf('l.type', '$2')} and ${oneOf('l.language', '$3')}
      and ($4::boolean is null or coalesce(l.official, false) = $4)`,
    values: ({ types, languages, official }) => [types, languages, official],
  },
  translations: {
    table: 'movie_translations',
    isEditable: true,
    columns: `${TRANSLATION_COLUMNS}, ${selectList<Omit<NamedTranslation, keyof MovieTranslation>>({
      languageName: LANGUAGE_NAME('name'),
      languageEnglishName: LANGUAGE_NAME('english_name'),
    })}`,
    where: oneOf('l.language', '$2'),
    values: ({ languages }) => [languages],
  },
  alternativeTitles: {
    table: 'movie_alternative_titles',
    isEditable: true,
    columns: selectList<AlternativeTitle>({ country: 'l.country', title: 'l.title', type: 'l.type' }),
    where: oneOf('l.country', '$2'),
    values: ({ countries }) => [countries],
  },
  watchOptions: {
    table: 'movie_watch_countries',
    isEditable: false,
    columns: selectList<WatchOptions>({ country: 'l.country', link: 'l.link', offers: OFFERS }),
    where: oneOf('l.country', '$2'),
    values: ({ countries }) => [countries],
  },
};

/** Returns the condition that a row `l` of the movie is of the visible layer: that of clients where the field is overridden. */
export const isVisible = (field: MediaField, movieId: string) =>
  `l.edited = exists (select from movie_media_overrides e where e.movie_id = ${movieId} and e.field = '${field}')`;

/** Returns the condition that a row of the list is visible and fulfils the filter. */
function visible(list: MediaList): string {
  const { isEditable, where } = MEDIA_LISTS[list];
  return isEditable ? `${isVisible(list as MediaField, 'parent.id')} and ${where}` : where;
}

/** Returns the statement that reads the same page of the list of each movie $1, by one index scan for each. */
export function pageStatement(list: MediaList, { backward, cursor, limit }: KeysetPage, values: unknown[]): string {
  const { table, columns } = MEDIA_LISTS[list];
  const towards = backward ? 'desc' : 'asc';
  const size = `$${values.push(limit)}::integer`;
  const beyond = cursor === null ? '' : `and l.position ${backward ? '<' : '>'} $${values.push(cursor[0])}::integer`;
  return `select l.movie_id as "movieId", l.position as "position", ${columns}
    from unnest($1::text[]) as parent (id)
    cross join lateral (
      select * from ${table} l where l.movie_id = parent.id and ${visible(list)} ${beyond}
      order by l.position ${towards} limit ${size}
    ) l
    order by l.movie_id, l.position ${towards}`;
}

/** Returns the statement that counts the list of each movie $1. */
export function countStatement(list: MediaList): string {
  return `select l.movie_id as "movieId", count(*) as count
    from unnest($1::text[]) as parent (id)
    join ${MEDIA_LISTS[list].table} l on l.movie_id = parent.id and ${visible(list)}
    group by 1`;
}
