import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

interface Outcome {
  readonly result: {
    readonly __typename: string;
    readonly id: string;
    readonly version: number;
    readonly currentVersion: number;
  };
}

const RESULT =
  '__typename ... on Movie { id version } ... on MutationError { message } ... on ConflictError { id currentVersion }';

/** Tests of movies that clients write through the gateway, and of the other subgraphs' data. */
export function writingMoviesTests(running: () => Stack): void {
  describe('clients write movies', () => {
    let stack: Stack;
    let graphql: Graphql;
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
    });

    const create = (title: string, idempotencyKey: string) =>
      graphql<Outcome>(
        `mutation ($input: CreateMovieInput!, $key: String) {
          result: createMovie(input: $input, idempotencyKey: $key) { __typename ... on Movie { id version } }
        }`,
        { input: { title, releaseDate: '1927-02-06', genreIds: ['878'] }, key: idempotencyKey },
      );
    const update = (id: string, version: number, input: object) =>
      graphql<Outcome>(
        `mutation ($id: ID!, $version: Int!, $input: UpdateMovieInput!) {
          result: updateMovie(id: $id, version: $version, input: $input) { ${RESULT} }
        }`,
        { id, version, input },
      );
    const remove = (id: string, version: number) =>
      graphql<Outcome>(
        `mutation ($id: ID!, $version: Int!) {
          result: deleteMovie(id: $id, version: $version) { __typename ... on DeletedMovie { id version } }
        }`,
        { id, version },
      );

    test("a client's movie is created once, updated by version, and deleted", async () => {
      const key = randomUUID();
      const { result: made } = await create('A Movie of Ours', key);
      assert.equal(made.__typename, 'Movie');
      assert.deepEqual((await create('A Movie of Ours', key)).result, made);
      const { searchMovies, movie } = await graphql<Record<string, unknown>>(
        `query ($id: ID!) {
          searchMovies(query: "a movie of ours") { edges { node { id } } }
          movie(id: $id) { title tmdbId version genres { name } cast { totalCount } directors { id } rating { voteCount } }
        }`,
        { id: made.id },
      );
      assert.deepEqual((searchMovies as { edges: object[] }).edges[0], { node: { id: made.id } });
      assert.deepEqual(movie, {
        ...{ title: 'A Movie of Ours', tmdbId: null, version: 1, genres: [{ name: 'Science Fiction' }] },
        ...{ cast: { totalCount: 0 }, directors: [], rating: null },
      });
      assert.equal((await update(made.id, 1, { title: 'Ours' })).result.version, 2);
      const { result: late } = await update(made.id, 1, { title: 'Theirs' });
      assert.deepEqual([late.__typename, late.id, late.currentVersion], ['ConflictError', made.id, 2]);
      assert.equal((await remove(made.id, 2)).result.version, 3);
      assert.deepEqual(await graphql('query ($id: ID!) { movie(id: $id) { title } }', { id: made.id }), {
        movie: null,
      });
    });

    test('a movie from TMDb is deleted in every subgraph, and restored completely when released', async () => {
      type Best = {
        topRated: { totalCount: number; edges: { node: { id: string; version: number; title: string } }[] };
      };
      const best = async () =>
        (await graphql<Best>('{ topRated(first: 1) { totalCount edges { node { id version title } } } }')).topRated;
      const { totalCount, edges } = await best();
      const [{ node: topMovie }] = edges as [Best['topRated']['edges'][number]];
      const parts = async () => {
        const { movie } = await graphql<{ movie: object | null }>(
          `query ($id: ID!) { movie(id: $id) {
            title overview genres { id } cast { totalCount edges { node { person { name } } } } rating { voteCount }
          } }`,
          { id: topMovie.id },
        );
        return movie;
      };
      const whole = await parts();
      const { result: deleted } = await remove(topMovie.id, topMovie.version);
      assert.equal(deleted.__typename, 'DeletedMovie');
      await eventually(async () => {
        const now = await best();
        assert.equal(now.totalCount, totalCount - 1);
        assert.notEqual(now.edges[0]?.node.id, topMovie.id);
      });
      assert.equal(await parts(), null);
      // TMDb's values are unchanged.
      assert.equal((await stack.ingest(['movies', topMovie.id])).code, 0);
      assert.equal(await parts(), null);
      const { result: released } = await graphql<Outcome>(
        `mutation ($id: ID!, $version: Int!) { result: releaseOverrides(id: $id, version: $version) { ${RESULT} } }`,
        { id: topMovie.id, version: deleted.version },
      );
      assert.equal(released.__typename, 'Movie');
      await eventually(async () => {
        assert.deepEqual(await parts(), whole);
        assert.equal((await best()).totalCount, totalCount);
      });
    });

    test('an anonymous client changes nothing', async () => {
      await assert.rejects(
        stack.graphql('mutation { createMovie(input: { title: "x" }) { __typename } }'),
        /UNAUTHENTICATED/,
      );
    });
  });
}
