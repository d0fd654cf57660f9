import { selectList } from '@marquee/postgres/select-list';
import type { Collection, Company, Genre, Keyword } from '../domain/movie.ts';

const NAMED = { id: 'id', name: 'name' };

/** The columns of what movies share, by table. */
export const SHARED_COLUMNS = {
  genres: selectList<Genre>(NAMED),
  keywords: selectList<Keyword>(NAMED),
  companies: selectList<Company>({ ...NAMED, logoPath: 'logo_path', originCountry: 'origin_country' }),
  collections: selectList<Collection>({ ...NAMED, posterPath: 'poster_path', backdropPath: 'backdrop_path' }),
};
