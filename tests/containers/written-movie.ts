import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from '../end-to-end/signed-in.ts';
import type { Graphql, Stack } from '../end-to-end/stack.ts';

interface Entity {
  readonly id: string;
  readonly version: number;
}

/** A movie that a client created, with a cast credit and a review: data in each subgraph. */
export interface WrittenMovie {
  readonly title: string;
  readonly movie: Entity;
  readonly person: Entity;
}

/** Milliseconds for which a client repeats a call without a response. */
const PATIENCE_MS = 300_000;

/** Repeats a mutation with one idempotency key until it succeeds, so that it is executed once. */
async function write(graphql: Graphql, mutation: string, variables: object, result: string): Promise<Entity> {
  const key = randomUUID();
  return eventually(async () => {
    const { written } = await graphql<{ written: Entity & { __typename: string; code?: string } }>(
      `${mutation} { __typename ... on MutationError { code message } ... on ${result} { id version } } }`,
      { ...variables, key },
    );
    assert.equal(written.__typename, result, JSON.stringify(written));
    return written;
  }, PATIENCE_MS);
}

/** Creates only the movie, which needs no other subgraph. */
export async function createMovie(stack: Stack, title: string): Promise<Entity> {
  return write(
    await signedIn(stack),
    'mutation ($title: String!, $key: String) { written: createMovie(input: { title: $title }, idempotencyKey: $key)',
    { title },
    'Movie',
  );
}

/** Adds credit and review. A successful review shows that ratings has applied the change of movies. */
export async function completeMovie(stack: Stack, title: string, movie: Entity): Promise<WrittenMovie> {
  const graphql = await signedIn(stack);
  const person = await write(
    graphql,
    'mutation ($name: String!, $key: String) { written: createPerson(input: { name: $name }, idempotencyKey: $key)',
    { name: `Who plays in ${title}` },
    'Person',
  );
  await write(
    graphql,
    `mutation ($movie: ID!, $person: ID!, $key: String) {
      written: createCredit(input: { movieId: $movie, personId: $person, cast: { character: "Self" } }, idempotencyKey: $key)`,
    { movie: movie.id, person: person.id },
    'CastCredit',
  );
  await write(
    graphql,
    `mutation ($movie: ID!, $content: String!, $key: String) {
      written: createReview(input: { movieId: $movie, content: $content }, idempotencyKey: $key)`,
    { movie: movie.id, content: `About ${title}` },
    'Review',
  );
  return { title, movie, person };
}

/** Creates a movie with a credit and a review. */
export async function writeMovie(stack: Stack, title: string): Promise<WrittenMovie> {
  return completeMovie(stack, title, await createMovie(stack, title));
}

/** Rejects unless the movie exists once, as written. */
export async function requireMovie({ graphql }: Stack, written: WrittenMovie): Promise<void> {
  const { title } = written;
  const { movie, movies } = await graphql<{ movie: object | null; movies: { totalCount: number } }>(
    `query ($id: ID!, $title: String!) {
      movie(id: $id) {
        title version
        cast { edges { node { character person { name } } } }
        reviews { edges { node { content } } }
      }
      movies: searchMovies(query: $title, first: 1) { edges { node { id title } } }
    }`,
    { id: written.movie.id, title },
  );
  assert.deepEqual(movie, {
    title,
    version: written.movie.version,
    cast: { edges: [{ node: { character: 'Self', person: { name: `Who plays in ${title}` } } }] },
    reviews: { edges: [{ node: { content: `About ${title}` } }] },
  });
  assert.deepEqual(movies, { edges: [{ node: { id: written.movie.id, title } }] });
}

/** Updates the movie, deletes it and the person, and requires both to be absent. */
export async function deleteMovie(stack: Stack, { title, movie, person }: WrittenMovie): Promise<void> {
  const graphql = await signedIn(stack);
  const changed = await write(
    graphql,
    `mutation ($id: ID!, $version: Int!, $title: String!, $key: String) {
      written: updateMovie(id: $id, version: $version, input: { title: $title }, idempotencyKey: $key)`,
    { ...movie, title: `${title}, changed` },
    'Movie',
  );
  assert.equal(changed.version, movie.version + 1);
  const remove = (field: string, { id, version }: Entity, result: string) =>
    write(
      graphql,
      `mutation ($id: ID!, $version: Int!, $key: String) { written: ${field}(id: $id, version: $version, idempotencyKey: $key)`,
      { id, version },
      result,
    );
  await remove('deleteMovie', changed, 'DeletedMovie');
  await eventually(async () => {
    const { now } = await graphql<{ now: Entity | null }>('query ($id: ID!) { now: person(id: $id) { id version } }', {
      id: person.id,
    });
    if (now !== null) await remove('deletePerson', now, 'DeletedPerson');
  });
  const gone = await graphql(
    'query ($movie: ID!, $person: ID!) { movie(id: $movie) { id } person(id: $person) { id } }',
    {
      movie: movie.id,
      person: person.id,
    },
  );
  assert.deepEqual(gone, { movie: null, person: null });
}
