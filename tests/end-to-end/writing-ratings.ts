import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

const MOVIE = '603';
const ERRORS = '... on MutationError { code message }';

interface Shown {
  readonly movie: {
    readonly rating: { readonly voteCount: number; readonly voteAverage: number; readonly userVoteCount: number };
    readonly viewerRating: { readonly value: number } | null;
    readonly reviews: { readonly totalCount: number };
  };
}

/** Tests of ratings and reviews through the gateway, and of the votes in movies. */
export function writingRatingsTests(running: () => Stack): void {
  describe('users rate and review movies', () => {
    let stack: Stack;
    let graphql: Graphql;
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
    });

    const look = async (id: string) =>
      (
        await graphql<Shown>(
          `query ($id: ID!) { movie(id: $id) {
            rating { voteAverage voteCount weightedScore userVoteCount } viewerRating { value } reviews { totalCount }
          } }`,
          { id },
        )
      ).movie;
    const rate = async (id: string, value: number) =>
      (
        await graphql<{ rateMovie: { value: number; movie: { title: string; rating: object } } }>(
          `mutation ($id: ID!, $value: Float!) { rateMovie(movieId: $id, value: $value) {
            ${ERRORS} ... on UserRating { value movie { title rating { voteCount userVoteAverage } } }
          } }`,
          { id, value },
        )
      ).rateMovie;
    const unrate = (id: string) => graphql('mutation ($id: ID!) { unrateMovie(movieId: $id) { __typename } }', { id });
    /** Returns the ids of movies with this vote count and mean in the movies subgraph. */
    const found = async (voteCount: number, atLeast: number) => {
      const { movies } = await graphql<{ movies: { edges: { node: { id: string } }[] } }>(
        `query ($filter: MovieFilter!) { movies(first: 100, filter: $filter) { edges { node { id } } } }`,
        { filter: { voteCount: { min: voteCount, max: voteCount }, voteAverage: { min: atLeast } } },
      );
      return movies.edges.map(({ node }) => node.id);
    };

    test('a vote is counted at once, filtered by in movies soon after, and removed completely', async () => {
      const before = await look(MOVIE);
      const { voteCount, voteAverage } = before.rating;
      const rated = await rate(MOVIE, 10);
      assert.deepEqual(rated.movie.rating, { voteCount: voteCount + 1, userVoteAverage: 10 });
      const after = await look(MOVIE);
      assert.ok(after.rating.voteAverage > voteAverage);
      assert.deepEqual(after.viewerRating, { value: 10 });
      await eventually(async () => assert.ok((await found(voteCount + 1, after.rating.voteAverage)).includes(MOVIE)));
      const { viewerRatings } = await graphql<{ viewerRatings: object }>(
        '{ viewerRatings(first: 1) { totalCount edges { node { value movie { id title } } } } }',
      );
      assert.deepEqual(viewerRatings, {
        totalCount: 1,
        edges: [{ node: { value: 10, movie: { id: MOVIE, title: rated.movie.title } } }],
      });
      await unrate(MOVIE);
      assert.deepEqual(await look(MOVIE), before);
      await eventually(async () => assert.ok((await found(voteCount, voteAverage)).includes(MOVIE)));
    });

    test('a new movie can be rated and reviewed at once, and its deletion removes both', async () => {
      const { createMovie: movie } = await graphql<{ createMovie: { id: string; version: number } }>(
        'mutation { createMovie(input: { title: "Ours, Rated" }) { ... on Movie { id version } } }',
      );
      assert.equal((await rate(movie.id, 9.5)).movie.title, 'Ours, Rated');
      const { createReview: review } = await graphql<{ createReview: object }>(
        `mutation ($id: ID!) { createReview(input: { movieId: $id, content: "Worth it.", rating: 9.5 }) {
          ${ERRORS} ... on Review { author version isMine movie { title } }
        } }`,
        { id: movie.id },
      );
      assert.deepEqual(review, { author: 'Anonymous', version: 1, isMine: true, movie: { title: 'Ours, Rated' } });
      assert.equal((await look(movie.id)).reviews.totalCount, 1);
      await eventually(async () => assert.ok((await found(1, 9.5)).includes(movie.id)));
      await graphql('mutation ($id: ID!, $version: Int!) { deleteMovie(id: $id, version: $version) { __typename } }', {
        ...movie,
      });
      await eventually(async () => {
        const { viewerRatings } = await graphql<{ viewerRatings: { totalCount: number } }>(
          '{ viewerRatings { totalCount } }',
        );
        assert.equal(viewerRatings.totalCount, 0);
      });
    });

    test('the development token permits moderation, too', async () => {
      assert.deepEqual(await graphql('mutation { releaseReview(id: "x", version: 1) { __typename } }'), {
        releaseReview: { __typename: 'NotFoundError' },
      });
    });
  });
}
