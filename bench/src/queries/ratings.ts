import { type BenchQuery, entities, type Samples } from './query.ts';

const PAGE = 'pageInfo { hasNextPage endCursor }';
const REVIEW = 'id author authorName authorUsername rating content url createdAt updatedAt';

// PostGraphile's `id` is the global one of Relay.
const ROW = REVIEW.replace('id', 'id: rowId');

export function ratingsQueries({ movieIds, reviewedMovieIds, reviewId, author }: Samples): readonly BenchQuery[] {
  const ids = movieIds.slice(0, 20);
  const reviewed = reviewedMovieIds.slice(0, 20);
  const [movieId] = reviewed;
  const chart = (field: string, first: number, value: string, column: string) => ({
    operation: { query: `{ ${field}(first: ${first}) { edges { cursor ${value} node { id } } ${PAGE} } }` },
    postgraphile: {
      query: `{ benchRatings${field.charAt(0).toUpperCase()}${field.slice(1)}(first: ${first}) { edges { cursor node { movieId ${column} } } ${PAGE} } }`,
    },
  });
  const rating = (of: readonly string[]) => ({
    operation: entities('Movie', of, 'rating { voteAverage voteCount weightedScore }'),
    postgraphile: {
      query:
        'query ($ids: [String]) { benchRatingsRatingsByIds(ids: $ids) { nodes { movieId voteAverage voteCount weightedScore } } }',
      variables: { ids: of },
    },
  });
  return [
    { name: 'the 20 best movies', ...chart('topRated', 20, 'score', 'weightedScore') },
    { name: 'the 100 best movies', ...chart('topRated', 100, 'score', 'weightedScore') },
    { name: 'the 20 movies with the most votes', ...chart('mostVoted', 20, 'voteCount', 'voteCount') },
    { name: '20 trending movies', ...chart('trending', 20, '', '') },
    { name: 'the ratings of 20 movies', ...rating(ids) },
    { name: 'the ratings of 100 movies', ...rating(movieIds) },
    {
      name: 'the 20 newest reviews of a movie',
      operation: entities(
        'Movie',
        reviewed.slice(0, 1),
        `reviews(first: 20) { edges { cursor node { ${REVIEW} } } ${PAGE} }`,
      ),
      postgraphile: {
        query: `query ($ids: [String]) { benchRatingsFirstReviews(ids: $ids, perMovie: 20) { nodes { ${ROW} } } }`,
        variables: { ids: [movieId] },
      },
    },
    {
      name: 'the ratings of 20 movies and 3 reviews of each',
      operation: entities(
        'Movie',
        reviewed,
        `rating { voteAverage voteCount } reviews(first: 3) { edges { cursor node { ${REVIEW} } } }`,
      ),
      postgraphile: {
        query: `query ($ids: [String]) { benchRatingsRatingsByIds(ids: $ids) { nodes { voteAverage voteCount } } benchRatingsFirstReviews(ids: $ids, perMovie: 3) { nodes { ${ROW} } } }`,
        variables: { ids: reviewed },
      },
    },
    {
      name: 'the 20 newest reviews by an author',
      operation: {
        query: `query ($author: String!) { reviewsByAuthor(username: $author, first: 20) { edges { cursor node { ${REVIEW} movie { id } } } ${PAGE} } }`,
        variables: { author },
      },
      postgraphile: {
        query: `query ($author: String) { benchRatingsReviewsOfAuthor(username: $author, first: 20) { edges { cursor node { ${ROW} movieId } } ${PAGE} } }`,
        variables: { author },
      },
    },
    {
      name: 'a review by its id',
      operation: {
        query: `query ($id: ID!) { review(id: $id) { ${REVIEW} movie { id } } }`,
        variables: { id: reviewId },
      },
      postgraphile: {
        query: `query ($id: String) { benchRatingsReviewWithId(id: $id) { nodes { ${ROW} movieId } } }`,
        variables: { id: reviewId },
      },
    },
  ];
}
