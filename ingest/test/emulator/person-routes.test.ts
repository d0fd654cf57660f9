import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPersonDetails } from '../../src/domain/person-details.ts';
import { parseCatalogue } from '../../src/emulator/catalogue-file.ts';
import { readLeniently } from '../../src/infrastructure/lenient-reading.ts';
import { personSchema } from '../../src/infrastructure/tmdb-person-schema.ts';
import { serveEmulator } from './emulator-server.ts';
import { SMALL_CATALOGUE } from './small-catalogue.ts';

const FACTS = {
  imdb_id: 'nm31',
  also_known_as: ['Ann'],
  biography: 'She acts.',
  birthday: '1950-02-03',
  place_of_birth: 'Bruges',
  homepage: 'https://anna.example/',
  external_ids: { wikidata_id: 'Q31', tvrage_id: 5 },
  images: [{ file_path: '/anna.jpg', width: 600, height: 900, vote_average: 5, vote_count: 1 }],
  translations: [
    { iso_639_1: 'fr', iso_3166_1: 'FR', name: 'Français', english_name: 'French', biography: 'Elle joue.' },
  ],
};

async function serve(t: Parameters<typeof serveEmulator>[0]) {
  const lines = SMALL_CATALOGUE.map((line) => {
    const record = JSON.parse(line);
    return record[0] === 'person' && record[1] === 31 ? JSON.stringify([...record, FACTS]) : line;
  });
  const base = await serveEmulator(t, { catalogue: parseCatalogue(lines.join('\n'), 'small') });
  return async (path: string) => {
    const response = await fetch(`${base}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}

const APPENDED = 'append_to_response=external_ids,images,translations';

test('a person has the facts of the catalogue, with the parts appended on request', async (t) => {
  const get = await serve(t);
  const { body } = await get(`/person/31?${APPENDED}`);
  const reading = readLeniently(personSchema, '/person/31', structuredClone(body));
  assert.ok(reading.ok);
  assert.deepEqual(reading.omissions.count, 0);
  const details = toPersonDetails(reading.body);
  const { biography, birthday, deathday, externalIds, images, translations } = details;
  assert.deepEqual([biography, birthday, deathday], ['She acts.', '1950-02-03', null]);
  assert.deepEqual([externalIds.wikidataId, externalIds.tvrageId, externalIds.youtubeId], ['Q31', 5, null]);
  assert.deepEqual([images[0]?.path, images[0]?.aspectRatio], ['/anna.jpg', 0.667]);
  assert.equal(translations[0]?.biography, 'Elle joue.');

  const { body: bare } = await get('/person/31');
  for (const part of ['external_ids', 'images', 'translations']) {
    assert.equal(bare[part], undefined);
    assert.deepEqual((await get(`/person/31/${part}`)).body, { id: 31, ...(body[part] as object) });
  }
});

test('a person without facts has the unknown of TMDb, and a missing one is 404', async (t) => {
  const get = await serve(t);
  const { body } = await get(`/person/33?${APPENDED},unknown_part`);
  assert.deepEqual(
    [body.biography, body.birthday, body.also_known_as, body.images, body.translations, body.unknown_part],
    ['', null, [], { profiles: [] }, { translations: [] }, undefined],
  );
  assert.equal((await get('/person/99')).body.status_code, 34);
  assert.equal((await get(`/person/31?append_to_response=${'images,'.repeat(21)}`)).status, 400);
});
