/** The initial tabs of the IDE. */
export const EXAMPLE_QUERIES = [
  `# A movie, from three subgraphs: its facts, its people, its ratings.
# Ctrl-Enter runs the query.
query Movie {
  movie(id: "603") {
    title
    releaseDate
    runtime # minutes
    genres { name }
    directors { name }
    cast(first: 5) {
      totalCount
      edges { node { character person { id name } } }
    }
    rating { voteAverage voteCount weightedScore }
  }
}
`,
  `# A person and the movies they worked on.
query Person {
  person(id: "6384") {
    name
    knownForDepartment
    filmography(first: 10) {
      totalCount
      edges {
        node {
          department # "Acting" for cast
          job
          character
          movie { id title releaseDate rating { voteAverage } }
        }
      }
    }
  }
}
`,
  `# The movies with the highest weighted score.
query TopRated {
  topRated(first: 10) {
    edges { score node { id title releaseDate directors { name } } }
  }
}
`,
  `# All movies, a page at a time: pass endCursor as after for the next one.
query Browse($after: String) {
  movies(first: 10, after: $after, orderBy: { field: POPULARITY, direction: DESC }) {
    totalCount
    edges {
      node {
        id
        title
        rating { voteAverage }
        cast(first: 3) { edges { node { character person { name } } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  `# Movies and people by name, in one request.
query Search {
  searchMovies(query: "matrix", first: 5) { edges { node { id title releaseDate } } }
  searchPeople(query: "keanu", first: 5) { edges { node { id name } } }
}
`,
] as const;
