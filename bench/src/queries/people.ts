import { type BenchQuery, entities, type Samples } from './query.ts';

const FACTS = 'id tmdbId name originalName gender knownForDepartment popularity adult';
const PERSON = 'id name gender popularity';
// PostGraphile's `id` is the global one of Relay.
const ROW = FACTS.replace('id', 'id: rowId');
const PERSON_ROW = PERSON.replace('id', 'id: rowId');
const PAGE = 'pageInfo { hasNextPage endCursor }';

export function peopleQueries({ movieIds, personIds, name }: Samples): readonly BenchQuery[] {
  const [id] = personIds;
  const ids = personIds.slice(0, 20);
  const movies = movieIds.slice(0, 20);
  const list = (first: number) => ({
    operation: { query: `{ people(first: ${first}) { edges { cursor node { ${FACTS} profileUrl } } ${PAGE} } }` },
    postgraphile: {
      query: `{ benchPeoplePersonsByPopularity(first: ${first}) { edges { cursor node { ${ROW} profilePath } } ${PAGE} } }`,
    },
  });
  const credits = (kind: string, first: number, fields: string) => ({
    query: `query ($ids: [String]) { benchPeopleFirstCredits(ids: $ids, kind: "${kind}", perMovie: ${first}) { nodes { ${fields} personByPersonId { ${PERSON_ROW} } } } }`,
  });
  return [
    {
      name: 'a person by their id',
      operation: { query: `query ($id: ID!) { person(id: $id) { ${FACTS} profileUrl } }`, variables: { id } },
      postgraphile: {
        query: `query ($id: String!) { personByRowId(rowId: $id) { ${ROW} profilePath } }`,
        variables: { id },
      },
    },
    { name: '20 people, popular first', ...list(20) },
    { name: '100 people', ...list(100) },
    {
      name: '20 entities',
      operation: entities('Person', ids, FACTS),
      postgraphile: {
        query: `query ($ids: [String]) { benchPeoplePersonsByIds(ids: $ids) { nodes { ${ROW} } } }`,
        variables: { ids },
      },
    },
    {
      name: 'the first 10 parts of each of 20 movies',
      operation: entities(
        'Movie',
        movies,
        `cast(first: 10) { edges { cursor node { creditId character order person { ${PERSON} } } } }`,
      ),
      postgraphile: { ...credits('cast', 10, 'creditId character place'), variables: { ids: movies } },
    },
    {
      name: 'the directors of 100 movies',
      operation: entities('Movie', movieIds, `directors { ${PERSON} }`),
      postgraphile: {
        query: `query ($ids: [String]) { benchPeopleDirectingCredits(ids: $ids) { nodes { personByPersonId { ${PERSON_ROW} } } } }`,
        variables: { ids: movieIds },
      },
    },
    {
      name: 'a movie’s whole cast',
      operation: entities(
        'Movie',
        movies.slice(0, 1),
        `cast(first: 100) { edges { cursor node { creditId character order person { ${PERSON} } } } ${PAGE} }`,
      ),
      postgraphile: { ...credits('cast', 100, 'creditId character place'), variables: { ids: movies.slice(0, 1) } },
    },
    {
      name: 'a person’s 20 newest credits',
      operation: {
        query: `query ($id: ID!) { person(id: $id) { id name filmography(first: 20) { edges { cursor node { creditId department job character movie { id } } } ${PAGE} } } }`,
        variables: { id },
      },
      postgraphile: {
        query: `query ($id: String!) { personByRowId(rowId: $id) { id: rowId name } benchPeopleFilmography(person: $id, first: 20) { edges { cursor node { creditId department job character movieId } } ${PAGE} } }`,
        variables: { id },
      },
    },
    {
      name: 'a search',
      search: true,
      operation: {
        query: `query ($query: String!) { searchPeople(query: $query, first: 20) { edges { cursor node { ${PERSON} } } ${PAGE} } }`,
        variables: { query: name },
      },
      postgraphile: {
        query: `query ($query: String) { benchPeopleSearch(query: $query, most: 21) { nodes { ${PERSON_ROW} } } }`,
        variables: { query: name },
      },
    },
    {
      name: '20 directors, popular first',
      operation: {
        query: `{ people(first: 20, filter: { department: "Directing" }) { edges { cursor node { ${FACTS} } } ${PAGE} } }`,
      },
      postgraphile: {
        query: `{ benchPeoplePersonsOfDepartment(department: "Directing", first: 20) { edges { cursor node { ${ROW} } } ${PAGE} } }`,
      },
    },
  ];
}
