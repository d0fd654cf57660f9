import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CatalogueMovie, plainMovie } from '@marquee/ingest/catalogue';
import { createMutableCatalogue } from '@marquee/ingest/mutable-catalogue';
import { createSyntheticCatalogue } from '@marquee/ingest/synthetic-catalogue';
import { type FinalState, mistakesOf } from './final-state.ts';

/** The parts of a movie as events have them, as far as they are compared. */
function parts({ facts, media, cast, crew, reviews }: CatalogueMovie) {
  const person = (id: number) => ({ id: String(id) });
  return new Map([
    ['details', { title: facts.title, tagline: facts.tagline || null }],
    ['media', { images: media?.images, videos: media?.videos }],
    [
      'credits',
      {
        cast: cast.map(({ personId, character }) => ({ person: person(personId), character: character || null })),
        crew: crew.map(({ personId, job }) => ({ person: person(personId), job })),
      },
    ],
    ['ratings', { reviews }],
  ]);
}

test('the final state is right only when each movie is there as the catalogue has it, and no other', () => {
  const catalogue = createMutableCatalogue(createSyntheticCatalogue(50, 7), Date.now);
  const movies = [...catalogue.movies.values()];
  const state = new Map(movies.map((movie) => [movie.id, parts(movie)])) as unknown as Map<number, never> & FinalState;
  assert.deepEqual(mistakesOf(state, catalogue, new Set()), []);

  const [stale, deleted, missing, failed] = movies as [CatalogueMovie, ...CatalogueMovie[]];
  catalogue.movies.set(stale.id, { ...plainMovie(stale), facts: { ...stale.facts, tagline: 'Changed' } });
  catalogue.movies.delete(deleted?.id ?? 0);
  state.delete(missing?.id ?? 0);
  state.delete(failed?.id ?? 0);
  const mistakes = mistakesOf(state, catalogue, new Set([failed?.id ?? 0]));
  assert.equal(mistakes.length, 3);
  assert.match(mistakes[0] ?? '', new RegExp(`^movie ${stale.id}: .*Changed`));
  assert.deepEqual(mistakes.slice(1), [
    `movie ${missing?.id} is missing`,
    `movie ${deleted?.id} was deleted and is still there`,
  ]);
});
