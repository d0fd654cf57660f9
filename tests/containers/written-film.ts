import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from '../end-to-end/signed-in.ts';
import type { Graphql, Stack } from '../end-to-end/stack.ts';

interface Entity {
  readonly id: string;
  readonly version: number;
}

/** A film that a client made, with a person who plays in it and a review: something in each subgraph. */
export interface WrittenFilm {
  readonly title: string;
  readonly film: Entity;
  readonly person: Entity;
}

/** How long a client repeats what was not answered. */
const PATIENCE_MS = 300_000;

/** Does a mutation until it is done, under one key, so that it is done once however often it is sent. */
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

/** Makes the film alone: what movies answers by itself. */
export async function writeMovie(stack: Stack, title: string): Promise<Entity> {
  return write(
    await signedIn(stack),
    'mutation ($title: String!, $key: String) { written: createMovie(input: { title: $title }, idempotencyKey: $key)',
    { title },
    'Movie',
  );
}

/** Adds the rest. That ratings takes a review of the film shows that the change of movies has arrived there. */
export async function completeFilm(stack: Stack, title: string, film: Entity): Promise<WrittenFilm> {
  const graphql = await signedIn(stack);
  const person = await write(
    graphql,
    'mutation ($name: String!, $key: String) { written: createPerson(input: { name: $name }, idempotencyKey: $key)',
    { name: `Who plays in ${title}` },
    'Person',
  );
  await write(
    graphql,
    `mutation ($film: ID!, $person: ID!, $key: String) {
      written: createCredit(input: { movieId: $film, personId: $person, cast: { character: "Self" } }, idempotencyKey: $key)`,
    { film: film.id, person: person.id },
    'CastCredit',
  );
  await write(
    graphql,
    `mutation ($film: ID!, $content: String!, $key: String) {
      written: createReview(input: { movieId: $film, content: $content }, idempotencyKey: $key)`,
    { film: film.id, content: `About ${title}` },
    'Review',
  );
  return { title, film, person };
}

/** Makes a film and all that belongs to it. */
export async function writeFilm(stack: Stack, title: string): Promise<WrittenFilm> {
  return completeFilm(stack, title, await writeMovie(stack, title));
}

/** Rejects unless the film is there once, as it was written. */
export async function requireFilm({ graphql }: Stack, { title, film }: WrittenFilm): Promise<void> {
  const { movie, movies } = await graphql<{ movie: object | null; movies: { totalCount: number } }>(
    `query ($id: ID!, $title: String!) {
      movie(id: $id) {
        title version
        cast { edges { node { character person { name } } } }
        reviews { edges { node { content } } }
      }
      movies: searchMovies(query: $title, first: 1) { edges { node { id title } } }
    }`,
    { id: film.id, title },
  );
  assert.deepEqual(movie, {
    title,
    version: film.version,
    cast: { edges: [{ node: { character: 'Self', person: { name: `Who plays in ${title}` } } }] },
    reviews: { edges: [{ node: { content: `About ${title}` } }] },
  });
  assert.deepEqual(movies, { edges: [{ node: { id: film.id, title } }] });
}

/** Changes the film, and deletes it and the person; nothing of it is there then. */
export async function deleteFilm(stack: Stack, { title, film, person }: WrittenFilm): Promise<void> {
  const graphql = await signedIn(stack);
  const changed = await write(
    graphql,
    `mutation ($id: ID!, $version: Int!, $title: String!, $key: String) {
      written: updateMovie(id: $id, version: $version, input: { title: $title }, idempotencyKey: $key)`,
    { ...film, title: `${title}, changed` },
    'Movie',
  );
  assert.equal(changed.version, film.version + 1);
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
    'query ($film: ID!, $person: ID!) { movie(id: $film) { id } person(id: $person) { id } }',
    {
      film: film.id,
      person: person.id,
    },
  );
  assert.deepEqual(gone, { movie: null, person: null });
}
