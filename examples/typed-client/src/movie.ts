import { graphql } from './generated/gql.ts';

/** Fields of a movie from all three subgraphs. The generated types follow the operation's selection set. */
export const movieQuery = graphql(`
  query Movie($id: ID!, $cast: Int!) {
    movie(id: $id) {
      title
      releaseDate
      runtime
      directors {
        name
      }
      cast(first: $cast) {
        totalCount
        edges {
          node {
            character
            person {
              name
            }
          }
        }
      }
      rating {
        voteAverage
        voteCount
      }
    }
  }
`);
