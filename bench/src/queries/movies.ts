import { type BenchQuery, entities, type Samples } from './query.ts';

const CARD = 'id title releaseDate popularity';
const FACTS = `${CARD} originalTitle originalLanguage overview tagline status runtime budget revenue homepage imdbId tmdbId adult video`;
// PostGraphile's `id` is the global one of Relay.
const ROW = CARD.replace('id', 'id: rowId');
const ROW_FACTS = FACTS.replace('id', 'id: rowId');
const PAGE = 'pageInfo { hasNextPage endCursor }';

export function moviesQueries({ movieIds, title }: Samples): readonly BenchQuery[] {
  const [id] = movieIds;
  const ids = movieIds.slice(0, 20);
  return [
    {
      name: 'a movie by its id',
      operation: { query: `query ($id: ID!) { movie(id: $id) { ${FACTS} posterUrl } }`, variables: { id } },
      postgraphile: {
        query: `query ($id: String!) { movieByRowId(rowId: $id) { ${ROW_FACTS} posterPath } }`,
        variables: { id },
      },
    },
    {
      name: '20 movies, popular first',
      operation: { query: `{ movies(first: 20) { edges { cursor node { ${CARD} posterUrl } } ${PAGE} } }` },
      postgraphile: {
        query: `{ allMovies(condition: { adult: false }, first: 20, orderBy: [POPULARITY_DESC, ROW_ID_DESC]) { edges { cursor node { ${ROW} posterPath } } ${PAGE} } }`,
      },
    },
    {
      name: '100 movies, all their own facts',
      operation: { query: `{ movies(first: 100) { edges { cursor node { ${FACTS} posterUrl } } ${PAGE} } }` },
      postgraphile: {
        query: `{ allMovies(condition: { adult: false }, first: 100, orderBy: [POPULARITY_DESC, ROW_ID_DESC]) { edges { cursor node { ${ROW_FACTS} posterPath } } ${PAGE} } }`,
      },
    },
    {
      name: '20 entities',
      operation: entities('Movie', ids, `${CARD} posterUrl`),
      postgraphile: {
        query: `query ($ids: [String]) { benchMoviesMoviesByIds(ids: $ids) { nodes { ${ROW} posterPath } } }`,
        variables: { ids },
      },
    },
    {
      name: '100 entities with genres',
      operation: entities('Movie', movieIds, `${CARD} runtime genres { id name }`),
      postgraphile: {
        query: `query ($ids: [String]) { benchMoviesMoviesByIds(ids: $ids) { nodes { ${ROW} runtime movieGenresByMovieId { nodes { genreByGenreId { id: rowId name } } } } } }`,
        variables: { ids: movieIds },
      },
    },
    {
      name: '20 movies with genres, keywords and companies',
      operation: {
        query: `{ movies(first: 20) { edges { node { ${CARD} genres { id name } keywords { id name } productionCompanies { id name originCountry } } } } }`,
      },
      postgraphile: {
        query: `{ allMovies(condition: { adult: false }, first: 20, orderBy: [POPULARITY_DESC, ROW_ID_DESC]) { edges { node { ${ROW}
          movieGenresByMovieId { nodes { genreByGenreId { id: rowId name } } }
          movieKeywordsByMovieId { nodes { keywordByKeywordId { id: rowId name } } }
          movieProductionCompaniesByMovieId { nodes { companyByCompanyId { id: rowId name originCountry } } } } } } }`,
      },
    },
    {
      name: 'a search',
      search: true,
      operation: {
        query: `query ($query: String!) { searchMovies(query: $query, first: 20) { edges { cursor node { ${CARD} } } ${PAGE} } }`,
        variables: { query: title },
      },
      postgraphile: {
        query: `query ($query: String) { benchMoviesSearch(query: $query, most: 21) { nodes { ${ROW} } } }`,
        variables: { query: title },
      },
    },
    {
      name: '20 dramas since 1990',
      operation: {
        query: `{ movies(first: 20, filter: { genres: { any: ["18"] }, releaseYear: { min: 1990 } }) { edges { cursor node { ${CARD} } } ${PAGE} } }`,
      },
      postgraphile: {
        query: `{ benchMoviesMoviesOfGenreSince(genre: 18, since: "1990-01-01", first: 20) { edges { cursor node { ${ROW} } } ${PAGE} } }`,
      },
    },
    {
      name: 'the 20 best by their score',
      operation: {
        query: `{ movies(first: 20, orderBy: { field: WEIGHTED_SCORE, direction: DESC }) { edges { cursor node { ${CARD} } } ${PAGE} } }`,
      },
      postgraphile: { query: `{ benchMoviesMoviesByScore(first: 20) { edges { cursor node { ${ROW} } } ${PAGE} } }` },
    },
    {
      name: 'a genre and its 20 newest movies',
      operation: {
        query: `{ genre(id: "18") { id name movies(first: 20, orderBy: { field: RELEASE_DATE, direction: DESC }) { edges { cursor node { ${CARD} } } ${PAGE} } } }`,
      },
      postgraphile: {
        query: `{ genreByRowId(rowId: 18) { id: rowId name } benchMoviesNewestOfGenre(genre: 18, first: 20) { edges { cursor node { ${ROW} } } ${PAGE} } }`,
      },
    },
  ];
}
