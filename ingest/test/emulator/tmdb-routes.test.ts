import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readCatalogue, SAMPLE_CATALOGUE } from '../../src/emulator/catalogue-file.ts';
import { get, serveEmulator } from './emulator-server.ts';

async function bodyOf(t: TestContext, path: string) {
  const { status, body } = await get(`${await serveEmulator(t)}${path}`);
  assert.equal(status, 200);
  return body;
}

test('details', async (t) => {
  assert.deepEqual(await bodyOf(t, '/movie/7'), {
    adult: false,
    backdrop_path: null,
    belongs_to_collection: { id: 9, name: 'A Series', poster_path: null, backdrop_path: null },
    budget: 0,
    genres: [{ id: 18, name: 'Drama' }],
    homepage: '',
    id: 7,
    imdb_id: 'tt7',
    origin_country: [],
    original_language: 'fr',
    original_title: 'Älpha',
    overview: '',
    popularity: 5,
    poster_path: null,
    production_companies: [{ id: 1, logo_path: null, name: 'One', origin_country: '' }],
    production_countries: [{ iso_3166_1: 'FR', name: 'France' }],
    release_date: '2001-02-03',
    revenue: 12,
    runtime: 90,
    softcore: false,
    spoken_languages: [{ english_name: 'French', iso_639_1: 'fr', name: 'Français' }],
    status: 'Released',
    tagline: '',
    title: 'Älpha',
    video: false,
    vote_average: 6.5,
    vote_count: 4,
  });
});

test('append_to_response merges what it names, and leaves out what TMDb does not know', async (t) => {
  const body = await bodyOf(
    t,
    '/movie/7?append_to_response=keywords,external_ids,release_dates,reviews,credits,nothing',
  );
  assert.deepEqual(body.keywords, {
    keywords: [
      { id: 3, name: 'sea' },
      { id: 2, name: 'night' },
    ],
  });
  assert.equal(body.external_ids.imdb_id, 'tt7');
  assert.equal(body.release_dates.results[0].release_dates[0].certification, '12');
  assert.equal(body.reviews.total_results, 1);
  assert.equal(body.credits.cast.length, 2);
  assert.ok(!('nothing' in body));
});

test('more than 20 appends are refused', async (t) => {
  const names = Array.from({ length: 21 }, () => 'keywords').join(',');
  const { status, body } = await get(`${await serveEmulator(t)}/movie/7?append_to_response=${names}`);
  assert.deepEqual([status, body.status_code], [400, 27]);
});

test('credits: ids are stable and differ, people are known for most of what they did', async (t) => {
  const base = await serveEmulator(t);
  const { body } = await get(`${base}/movie/7/credits`);
  assert.deepEqual((await get(`${base}/movie/7/credits`)).body, body);
  const credits = [...body.cast, ...body.crew];
  assert.equal(new Set(credits.map(({ credit_id }) => credit_id)).size, 4);
  for (const { credit_id } of credits) assert.match(credit_id, /^[0-9a-f]{24}$/);
  assert.deepEqual(
    body.cast.map((credit: Record<string, unknown>) => [
      credit.id,
      credit.character,
      credit.order,
      credit.cast_id,
      credit.gender,
    ]),
    [
      [31, 'Herself', 0, 1, 1],
      [31, 'Her sister', 1, 2, 1],
    ],
  );
  assert.equal(body.cast[0].known_for_department, 'Acting');
  assert.equal((await get(`${base}/person/32`)).body.known_for_department, 'Directing');
  assert.equal((await get(`${base}/person/33`)).body.known_for_department, '');
});

test('a movie without cast has an empty one', async (t) => {
  const { cast, crew } = await bodyOf(t, '/movie/8/credits');
  assert.deepEqual([cast.length, crew.length], [0, 1]);
});

test('the other parts of a movie bear its id', async (t) => {
  const base = await serveEmulator(t);
  for (const part of ['keywords', 'external_ids', 'release_dates', 'reviews', 'credits']) {
    assert.equal((await get(`${base}/movie/7/${part}`)).body.id, 7, part);
  }
});

test('reviews come 20 a page, and a page beyond the last is empty', async (t) => {
  const base = await serveEmulator(t, { catalogue: await readCatalogue(SAMPLE_CATALOGUE) });
  const pages = await Promise.all(
    [1, 2, 3, 4].map(async (page) => (await get(`${base}/movie/603/reviews?page=${page}`)).body),
  );
  assert.deepEqual(
    pages.map(({ page, results, total_pages, total_results }) => [page, results.length, total_pages, total_results]),
    [
      [1, 20, 3, 45],
      [2, 20, 3, 45],
      [3, 5, 3, 45],
      [4, 0, 3, 45],
    ],
  );
  const none = (await get(`${base}/movie/604/reviews`)).body;
  assert.deepEqual([none.results, none.total_pages, none.total_results], [[], 0, 0]);
});

test('every movie of the sample is on the pages of the popular ones, once, the most popular first', async (t) => {
  const catalogue = await readCatalogue(SAMPLE_CATALOGUE);
  const base = await serveEmulator(t, { catalogue });
  const movies: { id: number; popularity: number }[] = [];
  for (let page = 1; page <= 15; page += 1)
    movies.push(...(await get(`${base}/movie/popular?page=${page}`)).body.results);
  assert.deepEqual(new Set(movies.map(({ id }) => id)), new Set(catalogue.movies.keys()));
  assert.equal(movies.length, 300);
  assert.ok(movies.every(({ popularity }, index) => index === 0 || popularity <= (movies[index - 1]?.popularity ?? 0)));
});

test('lists in TMDb’s orders', async (t) => {
  const base = await serveEmulator(t);
  const ids = async (path: string) => (await get(`${base}${path}`)).body.results.map(({ id }: { id: number }) => id);
  assert.deepEqual(await ids('/movie/popular'), [8, 7]);
  assert.deepEqual(await ids('/movie/top_rated'), [7, 8]);
  assert.deepEqual(await ids('/discover/movie'), [8, 7]);
  assert.deepEqual(await ids('/discover/movie?sort_by=popularity.asc'), [7, 8]);
  assert.deepEqual(await ids('/discover/movie?sort_by=vote_average.desc'), [7, 8]);
  assert.deepEqual(await ids('/discover/movie?sort_by=title.asc'), [8, 7]);
  assert.deepEqual(await ids('/discover/movie?sort_by=constructor.asc'), [8, 7]);
});

test('search finds titles and original titles, whatever the case and the accents', async (t) => {
  const base = await serveEmulator(t);
  const titles = async (query: string) =>
    (await get(`${base}/search/movie?query=${encodeURIComponent(query)}`)).body.results.map(
      ({ title }: { title: string }) => title,
    );
  assert.deepEqual(await titles('ALPHA'), ['Älpha']);
  assert.deepEqual(await titles('bêt'), ['Beta']);
  assert.deepEqual(await titles('gamma'), []);
});

test('genres and the configuration', async (t) => {
  assert.deepEqual(await bodyOf(t, '/genre/movie/list'), { genres: [{ id: 18, name: 'Drama' }] });
  assert.equal((await bodyOf(t, '/configuration')).images.secure_base_url, 'https://image.tmdb.org/t/p/');
});

test('what is not there is answered as TMDb does', async (t) => {
  const base = await serveEmulator(t);
  for (const path of ['/movie/9', '/movie/nine', '/movie/9/credits', '/person/9', '/movie/7/nothing', '/nothing']) {
    const { status, body } = await get(`${base}${path}`);
    assert.deepEqual([status, body.status_code, body.success], [404, 34, false], path);
  }
  const outside = await get(new URL('/movie/7', base).href);
  assert.equal(outside.status, 404);
  assert.match(outside.text, /^<!doctype html>/);
});

test('pages go from 1 to 500', async (t) => {
  const base = await serveEmulator(t);
  for (const page of ['0', '501', '-1', '1.5', 'x']) {
    const { status, body } = await get(`${base}/movie/popular?page=${page}`);
    assert.deepEqual([status, body.status_code], [400, 22], page);
  }
  assert.deepEqual((await get(`${base}/movie/popular?page=500`)).body.results, []);
  const search = await get(`${base}/search/movie?query=a&page=501`);
  assert.deepEqual([search.status, search.body], [422, { errors: ['page must be less than or equal to 500'] }]);
  assert.deepEqual((await get(`${base}/search/movie`)).body, { errors: ['query must be provided'] });
});
