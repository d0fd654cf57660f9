import type { Queryable } from '@marquee/postgres/queryable';
import { showsSomething } from '@marquee/postgres/search-text';
import { selectList } from '@marquee/postgres/select-list';
import type { ByMovie, MovieOverride, MovieParts, SharedParts } from '../application/movie-parts.ts';
import type { Collection, Company, Country, Genre, Keyword, Language } from '../domain/movie.ts';
import { type Release, releaseTypeOf } from '../domain/release.ts';
import { SHARED_COLUMNS } from './movie-columns.ts';
import { prepared } from './prepared.ts';

/** An entity that a movie names. Entities without a visible name are left out: TMDb has such entries. */
type OfMovie<Part> = Part & { readonly movieId: string };

const LANGUAGE = selectList<Language>({ code: 'g.code', name: 'g.name', englishName: 'g.english_name' });
const RELEASE = selectList<Release>({
  country: 'l.country',
  type: 'l.type',
  date: 'l.date',
  certification: 'l.certification',
  note: 'l.note',
  language: 'l.language',
  descriptors: 'l.descriptors',
});

const GENRES = `select l.movie_id as "movieId", ${SHARED_COLUMNS.genres}
  from movie_genres l join genres g on g.id = l.genre_id and ${showsSomething('g.name')}`;
const COMPANIES = `select l.movie_id as "movieId", ${SHARED_COLUMNS.companies}
  from movie_production_companies l join companies c on c.id = l.company_id and ${showsSomething('c.name')}`;
const PRODUCTION_COUNTRIES = `select l.movie_id as "movieId", ${selectList<Country>({ code: 'c.code', name: 'c.name' })}
  from movie_production_countries l join countries c on c.code = l.country_code`;
const ORIGIN_COUNTRIES = 'select l.movie_id as "movieId", l.country_code as code from movie_origin_countries l';
const LANGUAGES = `select l.movie_id as "movieId", ${LANGUAGE}
  from movie_spoken_languages l join languages g on g.code = l.language_code`;
const KEYWORDS = `select l.movie_id as "movieId", ${SHARED_COLUMNS.keywords}
  from movie_keywords l join keywords k on k.id = l.keyword_id and ${showsSomething('k.name')}`;
const RELEASES = `select l.movie_id as "movieId", ${RELEASE}
  from movie_releases l`;
const OVERRIDES = `select l.movie_id as "movieId", ${selectList<MovieOverride>({ field: 'l.field', editedAt: 'l.edited_at' })}
  from (
    select movie_id, field, edited_at from movie_overrides
    union all select movie_id, field, edited_at from movie_media_overrides
  ) l`;

export function postgresMovieParts(db: Queryable): MovieParts {
  async function read<Part extends object>(select: string, ids: readonly string[], order = 'l.position') {
    const statement = `${select} where l.movie_id = any($1::text[]) order by l.movie_id, ${order}`;
    const { rows } = await db.query<OfMovie<Part>>(prepared(statement, [ids]));
    return Map.groupBy(rows, (row) => row.movieId);
  }
  return {
    genresOf: (ids): ByMovie<Genre> => read<Genre>(GENRES, ids),
    productionCompaniesOf: (ids): ByMovie<Company> => read<Company>(COMPANIES, ids),
    productionCountriesOf: (ids): ByMovie<Country> => read<Country>(PRODUCTION_COUNTRIES, ids),
    spokenLanguagesOf: (ids): ByMovie<Language> => read<Language>(LANGUAGES, ids),
    keywordsOf: (ids): ByMovie<Keyword> => read<Keyword>(KEYWORDS, ids),
    overridesOf: (ids): ByMovie<MovieOverride> => read<MovieOverride>(OVERRIDES, ids, 'l.field collate "C"'),
    async originCountriesOf(ids) {
      const found = await read<{ code: string }>(ORIGIN_COUNTRIES, ids);
      return new Map([...found].map(([id, rows]) => [id, rows.map((row) => row.code)]));
    },
    async releasesOf(ids) {
      const found = await read<Omit<Release, 'type'> & { type: number }>(
        RELEASES,
        ids,
        'l.country, l.date, l.type, l.position',
      );
      return new Map(
        [...found].map(([id, rows]) => [id, rows.map((row) => ({ ...row, type: releaseTypeOf(row.type) }))]),
      );
    },
  };
}

export function postgresSharedParts(db: Queryable): SharedParts {
  async function byIds<Item extends { readonly id: number }>(
    table: keyof typeof SHARED_COLUMNS,
    ids: readonly number[],
  ) {
    const statement = `select ${SHARED_COLUMNS[table]} from ${table} where id = any($1::integer[]) and ${showsSomething('name')}`;
    const { rows } = await db.query<Item>(prepared(statement, [ids]));
    return new Map(rows.map((row) => [row.id, row]));
  }
  return {
    async genres() {
      const { rows } = await db.query<Genre>(
        prepared(`select ${SHARED_COLUMNS.genres} from genres where ${showsSomething('name')} order by name, id`, []),
      );
      return rows;
    },
    genresByIds: (ids) => byIds<Genre>('genres', ids),
    keywordsByIds: (ids) => byIds<Keyword>('keywords', ids),
    companiesByIds: (ids) => byIds<Company>('companies', ids),
    collectionsByIds: (ids) => byIds<Collection>('collections', ids),
  };
}
