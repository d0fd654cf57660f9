import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CatalogueMovie, plainMovie } from '../../src/emulator/catalogue.ts';
import { RECORDS } from '../../src/emulator/catalogue-format.ts';
import { NO_MEDIA } from '../../src/emulator/catalogue-media.ts';
import { createSparseIds } from '../../src/emulator/sparse-ids.ts';
import { createSyntheticCatalogue } from '../../src/emulator/synthetic-catalogue.ts';
import { get, serveEmulator } from './emulator-server.ts';

test('sparse ids: positions, membership and order agree, whatever the number', () => {
  for (const count of [1, 6, 7, 8, 700, 1234]) {
    const ids = createSparseIds(count, 7, 'test');
    const ascending = [...ids.ascending()];
    const byPosition = Array.from({ length: count }, (_, position) => ids.at(position)).sort((a, b) => a - b);
    assert.deepEqual(byPosition, ascending);
    assert.equal(new Set(ascending).size, count);
    const members = Array.from({ length: count * 2 + 20 }, (_, id) => id).filter((id) => ids.has(id));
    assert.deepEqual(members, ascending);
  }
});

test('a movie is the same each time, of the format of catalogues, and names only persons that exist', () => {
  const [catalogue, same] = [createSyntheticCatalogue(1_000, 9), createSyntheticCatalogue(1_000, 9)];
  for (const movie of catalogue.movies.values()) {
    assert.deepEqual(plainMovie(same.movies.get(movie.id) as CatalogueMovie), plainMovie(movie));
    const { facts, releases, cast, crew, reviews } = movie;
    RECORDS.film.parse([movie.id, facts]);
    for (const { country, certification, type, date } of releases)
      RECORDS.release.parse([country, certification, type, date]);
    for (const { author, rating, createdAt, content } of reviews)
      RECORDS.review.parse([author, rating, createdAt, content]);
    for (const { personId } of [...cast, ...crew]) assert.ok(catalogue.people.get(personId));
    assert.match(facts.title, /^Movie \d+$/);
  }
  assert.equal(catalogue.movies.size, [...catalogue.movies.keys()].length);
});

test('media of movies are the same each time, of the format of catalogues, and recommend only movies that exist', () => {
  const [catalogue, same] = [createSyntheticCatalogue(1_000, 9), createSyntheticCatalogue(1_000, 9)];
  let movies = 0;
  for (const movie of catalogue.movies.values()) {
    const { images, videos, translations, alternativeTitles, offers, recommendations } = movie.media ?? NO_MEDIA;
    assert.deepEqual(same.movies.get(movie.id)?.media?.images, images);
    for (const { kind, facts } of images) RECORDS.image.parse([kind, facts]);
    for (const video of videos) RECORDS.video.parse([video]);
    for (const { language, country, texts } of translations) RECORDS.translation.parse([language, country, texts]);
    for (const { country, title, type } of alternativeTitles) RECORDS.alternative_title.parse([country, title, type]);
    for (const { country, kind, provider, displayPriority } of offers) {
      RECORDS.provider.parse([provider.id, provider.name, provider.logoPath]);
      RECORDS.offer.parse([country, kind, provider.id, displayPriority]);
    }
    for (const id of recommendations) assert.ok(catalogue.movies.get(id) && id !== movie.id);
    movies += Number([images, videos, translations, alternativeTitles, offers].every((list) => list.length > 0));
  }
  assert.ok(movies > 50, `${movies}`);
});

test('half of the persons have facts, of the format of catalogues', () => {
  const people = [...createSyntheticCatalogue(100, 9).people.values()];
  for (const { id, name, gender, facts } of people) RECORDS.person.parse([id, name, gender, facts]);
  const known = people.filter(({ facts }) => facts !== undefined).length / people.length;
  assert.ok(known > 0.4 && known < 0.6, `${known}`);
});

test('sizes are realistic: about 20 cast and 15 crew, some hundreds, mostly no review', () => {
  const movies = [...createSyntheticCatalogue(2_000, 4).movies.values()].map(plainMovie);
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length / 2] ?? 0;
  const cast = movies.map((movie) => movie.cast.length);
  const crew = median(movies.map((movie) => movie.crew.length));
  assert.ok(Math.abs(median(cast) - 20) <= 3 && Math.abs(crew - 15) <= 3, `${median(cast)} ${crew}`);
  assert.ok(Math.max(...cast) > 150 && Math.max(...cast) <= 500);
  const unreviewed = movies.filter(({ reviews }) => reviews.length === 0).length / movies.length;
  assert.ok(unreviewed > 0.87 && unreviewed < 0.93, `${unreviewed}`);
  assert.ok(movies.some(({ reviews }) => reviews.length > 20));
});

test('lists have the most popular of a million movies, and one movie is served at once', async (t) => {
  const base = await serveEmulator(t, { catalogue: createSyntheticCatalogue(1_000_000, 1) });
  const first = (await get(`${base}/movie/popular`)).body;
  assert.ok(first.total_results > 9_500 && first.total_results < 10_500, first.total_results);
  assert.ok(first.results[0].popularity > first.results[19].popularity);
  const id = first.results[19].id;
  const before = performance.now();
  const { body } = await get(`${base}/movie/${id}?append_to_response=credits,reviews`);
  assert.equal(body.title, `Movie ${id}`);
  assert.ok(performance.now() - before < 500);
  const [credit] = [...body.credits.cast, ...body.credits.crew];
  const person = (await get(`${base}/person/${credit.id}`)).body;
  assert.deepEqual([person.name, person.gender], [`Person ${credit.id}`, credit.gender]);
});
