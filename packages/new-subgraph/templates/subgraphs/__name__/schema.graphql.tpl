extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@listSize"])

"A movie."
type Movie @key(fields: "id") {
  "The movie's id; TMDb's number as text for a movie from TMDb."
  id: ID!
  "The movie's __name__, in the order of their source; empty when none is known."
  __name__: [__Item__!]! @listSize(assumedSize: 20)
}

"One of the __name__ of a movie."
type __Item__ {
  "The id within the movie."
  id: ID!
  "The name, as the source has it."
  name: String!
}
