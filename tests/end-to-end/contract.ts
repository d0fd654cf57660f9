import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import type { Credits, Details, Movie, ReviewPage } from '../tmdb/bodies.ts';
import { expectedMovie } from '../tmdb/expected-movie.ts';
import { fieldsOfIngest, withoutField, withoutRow } from '../tmdb/field-coverage.ts';
import { leavesOf } from '../tmdb/field-paths.ts';
import { wholeMovie } from '../tmdb/whole-movie.ts';
import { operation } from './operations.ts';
import type { Stack } from './stack.ts';

interface Connection<Node, More = object> {
  totalCount: number;
  edges: ({ node: Node } & More)[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

interface Vote {
  id: number;
  vote_average: number;
  vote_count: number;
}

/** The weighted score as the schema documents it. */
function weightedScore({ vote_average: mean, vote_count: votes }: Vote): number {
  return (votes / (votes + 500)) * mean + (500 / (votes + 500)) * 6.5;
}

/** Tests the operations of clients on the sample against TMDb's responses. */
export function contractTests(running: () => Stack): void {
  describe('the operations of clients', () => {
    let stack: Stack;
    let sample: Details[];

    async function tmdb<Body>(path: string): Promise<Body> {
      const response = await fetch(`${stack.addresses.emulator}${path}`);
      assert.equal(response.status, 200, path);
      return response.json() as Promise<Body>;
    }

    before(async () => {
      stack = running();
      sample = [];
      for (let page = 1, pages = 1; page <= pages; page++) {
        const list = await tmdb<{ results: Details[]; total_pages: number }>(`/movie/popular?page=${page}`);
        sample.push(...list.results);
        pages = list.total_pages;
      }
      await eventually(async () => {
        const movies = await everyMovie();
        assert.equal(movies.length, sample.length);
        assert.ok(movies.every(({ cast, rating }) => cast.totalCount > 0 && rating !== null));
      });
    });

    /** Returns for every movie whether its three parts have arrived. */
    async function everyMovie(): Promise<{ cast: { totalCount: number }; rating: object | null }[]> {
      type Page = { movies: Connection<{ cast: { totalCount: number }; rating: object | null }> };
      const nodes: Page['movies']['edges'][number]['node'][] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { movies }: Page = await stack.graphql<Page>(
          `query ($after: String) {
            movies(first: 100, after: $after) {
              edges { node { cast(first: 1) { totalCount } rating { voteCount } } }
              pageInfo { hasNextPage endCursor }
            }
          }`,
          { after },
        );
        nodes.push(...movies.edges.map(({ node }) => node));
        after = movies.pageInfo.endCursor;
        more = movies.pageInfo.hasNextPage;
      }
      return nodes;
    }

    test('the sample has at least 150 movies', () => {
      assert.ok(sample.length >= 150, `${sample.length} movies`);
      assert.equal(new Set(sample.map(({ id }) => id)).size, sample.length);
    });

    test('every field of every movie is at its path in docs/tmdb-fields.md, converted by its rule', async () => {
      const known = fieldsOfIngest();
      const media = ['images', 'videos', 'translations', 'alternative_titles'];
      for (const { id } of sample) {
        const parts = ['external_ids', 'keywords', 'release_dates'].concat(media);
        const [details, credits, reviews, ...others] = await Promise.all([
          tmdb<Details>(`/movie/${id}?append_to_response=${parts}`),
          tmdb<Credits>(`/movie/${id}/credits`),
          tmdb<ReviewPage>(`/movie/${id}/reviews`),
          ...parts.map((part) => tmdb<object>(`/movie/${id}/${part}`)),
        ]);
        const bodies = Object.fromEntries(others.map((body, index) => [parts[index], body]));
        const fields = leavesOf({ ...details, ...bodies, credits, reviews });
        assert.deepEqual(withoutRow(fields), []);
        for (const field of fields) known.add(field);
        const all = [...reviews.results];
        for (let page = 2; page <= reviews.total_pages; page++) {
          all.push(...(await tmdb<ReviewPage>(`/movie/${id}/reviews?page=${page}`)).results);
        }
        const movie: Movie = { details, credits, reviews: all };
        assert.deepEqual(await wholeMovie(stack.graphql, String(id)), expectedMovie(movie));
      }
      assert.deepEqual(withoutField(known), []);
    });

    test('Movie: movies, people and ratings in one response', async () => {
      const [details, credits, reviews] = await Promise.all([
        tmdb<Details>('/movie/603'),
        tmdb<Credits>('/movie/603/credits'),
        tmdb<ReviewPage>('/movie/603/reviews'),
      ]);
      const { movie } = await eventually(async () => {
        const answer = await stack.graphql<{ movie: Record<string, unknown> & { cast: Connection<unknown> } }>(
          operation('Movie'),
          { id: '603' },
        );
        assert.ok(answer.movie.cast.totalCount > 0, 'the credits are there');
        return answer;
      });
      assert.equal(movie.title, 'The Matrix');
      assert.equal(movie.tmdbId, 603);
      assert.equal(movie.releaseDate, details.release_date);
      assert.equal(movie.runtime, details.runtime);
      assert.equal(movie.budget, details.budget);
      assert.equal(movie.revenue, details.revenue);
      assert.deepEqual(
        movie.genres,
        details.genres.map(({ id, name }) => ({ id: String(id), name })),
      );
      const directors = credits.crew
        .filter(({ job }) => job === 'Director')
        .map(({ id, name }) => ({ id: String(id), name }));
      assert.ok(directors.length > 0);
      assert.deepEqual(movie.directors, directors);
      assert.equal(movie.cast.totalCount, credits.cast.length);
      assert.deepEqual(
        movie.cast.edges.map(({ node }) => node),
        credits.cast
          .slice(0, 5)
          .map(({ character, order, id, name }) => ({ character, order, person: { id: String(id), name } })),
      );
      assert.equal(movie.cast.pageInfo.hasNextPage, credits.cast.length > 5);
      const crew = (movie.crew as Connection<unknown>).edges.map(({ node }) => node);
      const writers = credits.crew.filter(({ department }) => department === 'Writing').slice(0, 50);
      assert.deepEqual(
        crew,
        writers.map(({ department, job, id, name }) => ({ department, job, person: { id: String(id), name } })),
      );
      const rating = movie.rating as { voteAverage: number; voteCount: number; weightedScore: number };
      assert.equal(rating.voteAverage, details.vote_average);
      assert.equal(rating.voteCount, details.vote_count);
      assert.ok(Math.abs(rating.weightedScore - weightedScore(details)) < 1e-9);
      assert.equal((movie.reviews as Connection<unknown>).totalCount, reviews.total_results);
    });

    test('Movie: null for an unknown id', async () => {
      assert.deepEqual(await stack.graphql(operation('Movie'), { id: '999999999' }), { movie: null });
    });

    test("ids out of a database's range are not found, and do not affect others", async () => {
      for (const id of ['603\0', '6\ud800']) {
        const answer = await stack.graphql(
          `query ($id: ID!, $ids: [ID!]!) {
            movie(id: $id) { title cast { totalCount } rating { voteCount } }
            moviesByIds(ids: $ids) { title cast(first: 1) { edges { node { person { name } } } } rating { voteCount } }
            person(id: $id) { name } peopleByIds(ids: $ids) { id } review(id: $id) { id } collection(id: $id) { id }
          }`,
          { id, ids: [id, '603'] },
        );
        const { moviesByIds, peopleByIds, ...others } = answer as Record<string, { title: string; rating: object }[]>;
        assert.deepEqual(others, { movie: null, person: null, review: null, collection: null });
        assert.deepEqual([moviesByIds?.[0], peopleByIds?.[0]], [null, null]);
        assert.equal(moviesByIds?.[1]?.title, 'The Matrix');
        assert.ok(moviesByIds?.[1]?.rating);
        for (const search of ['searchMovies', 'searchPeople']) {
          await assert.rejects(
            stack.graphql(`query ($text: String!) { ${search}(query: $text) { totalCount } }`, { text: id }),
            /BAD_USER_INPUT/,
          );
        }
      }
    });

    test('Person: the filmography leads to movies and their ratings, and back', async () => {
      const { movie } = await stack.graphql<{
        movie: { cast: Connection<{ character: string; person: { id: string } }> };
      }>(operation('Movie'), { id: '603' });
      const lead = movie.cast.edges[0]?.node;
      assert.ok(lead);
      const { person } = await stack.graphql<{
        person: {
          name: string;
          filmography: Connection<{ department: string; character: string; movie: { id: string; rating: unknown } }>;
        };
      }>(operation('Person'), { id: lead.person.id });
      assert.equal(person.name, 'Keanu Reeves');
      const part = person.filmography.edges.map(({ node }) => node).find((node) => node.movie.id === '603');
      assert.ok(part);
      const {
        vote_average: voteAverage,
        vote_count: voteCount,
        title,
        release_date: releaseDate,
      } = await tmdb<Details>('/movie/603');
      assert.deepEqual(part, {
        department: 'Acting',
        job: null,
        character: lead.character,
        movie: { id: '603', title, releaseDate, rating: { voteAverage, voteCount } },
      });
    });

    test('TopRated: the first ten by the documented score, with facts and directors of other subgraphs', async () => {
      const { topRated } = await stack.graphql<{
        topRated: Connection<{ id: string; title: string; directors: { name: string }[] }, { score: number }>;
      }>(operation('TopRated'));
      const votes = await Promise.all(sample.map(({ id }) => tmdb<Vote & { title: string }>(`/movie/${id}`)));
      const best = votes
        .filter(({ vote_count }) => vote_count > 0)
        .toSorted((a, b) => weightedScore(b) - weightedScore(a))
        .slice(0, 10);
      assert.deepEqual(
        topRated.edges.map(({ node }) => [node.id, node.title]),
        best.map(({ id, title }) => [String(id), title]),
      );
      for (const [position, { score, node }] of topRated.edges.entries()) {
        assert.ok(Math.abs(score - weightedScore(best[position] as Vote)) < 1e-9, node.title);
        assert.ok(node.directors.length > 0, `${node.title} has a director`);
      }
    });

    test('Browse: every movie once, the most popular first, page by page', async () => {
      type Browse = {
        movies: Connection<
          { id: string; title: string; rating: { voteAverage: number } | null; cast: Connection<unknown> },
          { cursor: string }
        >;
      };
      const ids: string[] = [];
      let after: string | null = null;
      for (let page = 1; ; page++) {
        const { movies }: Browse = await stack.graphql<Browse>(operation('Browse'), { after });
        assert.equal(movies.totalCount, sample.length);
        assert.equal(movies.pageInfo.hasPreviousPage, page > 1);
        assert.equal(movies.pageInfo.startCursor, movies.edges[0]?.cursor);
        assert.equal(movies.pageInfo.endCursor, movies.edges.at(-1)?.cursor);
        for (const { node } of movies.edges) {
          assert.ok(node.rating, `${node.title} has a rating`);
          assert.equal(node.cast.edges.length, 3, `${node.title} has a cast`);
        }
        ids.push(...movies.edges.map(({ node }) => node.id));
        after = movies.pageInfo.endCursor;
        if (!movies.pageInfo.hasNextPage) break;
      }
      assert.equal(new Set(ids).size, ids.length, 'each movie once');
      const popularity = new Map(sample.map((movie) => [String(movie.id), movie.popularity]));
      assert.deepEqual(
        ids.map((id) => popularity.get(id)),
        sample.map((movie) => movie.popularity).toSorted((a, b) => b - a),
      );
    });

    test('Search: movies and people by name, despite typos and accents', async () => {
      type Search = Record<'searchMovies' | 'searchPeople', Connection<{ id: string; title?: string; name?: string }>>;
      const inception = await stack.graphql<Search>(operation('Search'), { text: 'inception' });
      assert.equal(inception.searchMovies.edges[0]?.node.title, 'Inception');
      const keanu = await stack.graphql<Search>(operation('Search'), { text: 'keanu reeves' });
      assert.equal(keanu.searchPeople.edges[0]?.node.name, 'Keanu Reeves');
      const misspelt = await stack.graphql<Search>(operation('Search'), { text: 'incepton' });
      assert.equal(misspelt.searchMovies.edges[0]?.node.title, 'Inception');
    });
  });
}
