import { MOVIE_RATINGS } from '@marquee/events/topics';
import { describePreviousVersion } from '@marquee/testing/scenarios/previous-version';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { REFUSALS, user } from './fixtures/clients.ts';
import { movieOf, review } from './fixtures/ratings.ts';
import { ratings } from './fixtures/subgraph.ts';

const REVIEW = `${REFUSALS} ... on Review { id version }`;

async function write(api: RunningSubgraph, mutation: string, variables: object) {
  return dataOf(await api.ask(mutation, variables, user('writer@example.org'))).result;
}

describePreviousVersion(ratings, {
  topic: MOVIE_RATINGS,
  observation: (movieId, content) => movieOf(movieId, 7, 10, [review(`of ${movieId}`, { content })]),
  observed: async (api, id) => {
    const query = 'query ($id: ID!) { review(id: $id) { content } }';
    return dataOf(await api.ask(query, { id: `of ${id}` })).review?.content;
  },
  creation: 'createReview',
  create: (api, content, movieId) =>
    write(api, `mutation ($input: CreateReviewInput!) { result: createReview(input: $input) { ${REVIEW} } }`, {
      input: { movieId, content },
    }),
  update: (api, { id, version }, content) =>
    write(
      api,
      `mutation ($id: ID!, $version: Int!, $content: String!) {
        result: updateReview(id: $id, version: $version, input: { content: $content }) { ${REVIEW} }
      }`,
      { id, version, content },
    ),
  remove: (api, { id, version }) =>
    write(
      api,
      'mutation ($id: ID!, $version: Int!) { result: deleteReview(id: $id, version: $version) { __typename } }',
      { id, version },
    ),
  read: async (api, id) =>
    dataOf(await api.ask('query ($id: ID!) { review(id: $id) { content } }', { id })).review?.content,
});
