import { graphql } from './generated/gql.ts';

/** A film with what three subgraphs know of it. The generated types follow the text: ask for more, and they have more. */
export const filmQuery = graphql(`
  query Film($id: ID!, $cast: Int!) {
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
