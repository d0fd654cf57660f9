import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCatalogue } from '../../src/emulator/catalogue-file.ts';
import { get, serveEmulator } from './emulator-server.ts';
import { SMALL_CATALOGUE } from './small-catalogue.ts';

const vote = { vote_average: 5.5, vote_count: 2 };
const poster = { path: '/poster.jpg', language: 'fr', width: 2000, height: 3000, ...vote };
const video = {
  ...{ id: 'v1', site: 'YouTube', key: 'abc', type: 'Trailer', name: 'Trailer', language: null, country: 'FR' },
  ...{ official: true, size: 1080, published_at: '2020-01-02T03:04:05.000Z' },
};

const CATALOGUE = parseCatalogue(
  [
    ...SMALL_CATALOGUE,
    ...[
      ['provider', 8, 'Netflix', '/netflix.jpg'],
      ['image', 'poster', poster],
      ['image', 'backdrop', { ...poster, path: '/back.jpg', language: null, width: 1920, height: 1080 }],
      ['video', video],
      ['translation', 'fr', 'CA', { title: 'Bêta', runtime: 95 }],
      ['alternative_title', 'BE', 'Beta, the film', ''],
      ['offer', 'FR', 'flatrate', 8, 3],
      ['offer', 'FR', 'rent', 8, 3],
      ['recommendation', 7],
      ['recommendation', 99],
    ].map((record) => JSON.stringify(record)),
  ].join('\n'),
  'media.ndjson',
);

const APPENDED = 'images,videos,translations,alternative_titles,watch/providers,recommendations';

test('the parts of a movie are appended and served alone', async (t) => {
  const baseUrl = await serveEmulator(t, { catalogue: CATALOGUE });
  const { body } = await get(`${baseUrl}/movie/8?append_to_response=${APPENDED}`);
  assert.deepEqual(body.images, {
    backdrops: [
      {
        ...{ aspect_ratio: 1.778, height: 1080, iso_3166_1: null, iso_639_1: null, file_path: '/back.jpg' },
        ...{ ...vote, width: 1920 },
      },
    ],
    logos: [],
    posters: [
      {
        ...{ aspect_ratio: 0.667, height: 3000, iso_3166_1: null, iso_639_1: 'fr', file_path: '/poster.jpg' },
        ...{ ...vote, width: 2000 },
      },
    ],
  });
  const { language, country, ...facts } = video;
  assert.deepEqual(body.videos, { results: [{ iso_639_1: language, iso_3166_1: country, ...facts }] });
  assert.deepEqual(body.translations.translations, [
    {
      ...{ iso_3166_1: 'CA', iso_639_1: 'fr', name: 'Français', english_name: 'French' },
      data: { homepage: '', overview: '', runtime: 95, tagline: '', title: 'Bêta' },
    },
  ]);
  assert.deepEqual(body.alternative_titles.titles, [{ iso_3166_1: 'BE', title: 'Beta, the film', type: '' }]);
  const offer = { logo_path: '/netflix.jpg', provider_id: 8, provider_name: 'Netflix', display_priority: 3 };
  const link = 'https://www.themoviedb.org/movie/8/watch?locale=FR';
  assert.deepEqual(body['watch/providers'].results, { FR: { link, flatrate: [offer], rent: [offer] } });
  assert.deepEqual([body.recommendations.total_results, body.recommendations.results[0].id], [1, 7]);
  for (const name of APPENDED.split(',')) {
    assert.deepEqual((await get(`${baseUrl}/movie/8/${name}`)).body, { id: 8, ...body[name] });
  }
});

test('a movie without these records has empty parts', async (t) => {
  const baseUrl = await serveEmulator(t, { catalogue: CATALOGUE });
  const { body } = await get(`${baseUrl}/movie/7?append_to_response=${APPENDED}`);
  assert.deepEqual(
    [body.images, body.videos, body.translations, body.alternative_titles, body['watch/providers']],
    [{ backdrops: [], logos: [], posters: [] }, { results: [] }, { translations: [] }, { titles: [] }, { results: {} }],
  );
  assert.equal(body.recommendations.total_results, 0);
});

test('a record of a provider, language or movie that is not above it, and a repeated one, are refused', () => {
  const records: readonly [object, RegExp][] = [
    [['offer', 'FR', 'flatrate', 8, 3], /there is no provider 8 above it/],
    [['translation', 'ja', 'JP', {}], /there is no language ja above it/],
    [['image', 'still', poster], /image: value 1/],
    [['image', 'poster', { ...poster, path: 'poster.jpg' }], /image: value 2.path: must be a path/],
  ];
  for (const [record, message] of records) {
    assert.throws(() => parseCatalogue([...SMALL_CATALOGUE, JSON.stringify(record)].join('\n'), 'x'), { message });
  }
  const image = JSON.stringify(['image', 'poster', poster]);
  assert.throws(() => parseCatalogue([...SMALL_CATALOGUE, image, image].join('\n'), 'x'), /the same image above it/);
});
