import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseCatalogue, readCatalogue, SAMPLE_CATALOGUE } from '../../src/emulator/catalogue-file.ts';
import { SMALL_CATALOGUE, withLine } from './small-catalogue.ts';

test('a catalogue is read whole', () => {
  const { movies, people } = parseCatalogue(SMALL_CATALOGUE.join('\n'), 'small.ndjson');
  assert.deepEqual([...movies.keys()], [7, 8]);
  assert.equal(people.size, 3);
  assert.deepEqual(movies.get(7)?.cast, [
    { personId: 31, character: 'Herself', order: 0 },
    { personId: 31, character: 'Her sister', order: 1 },
  ]);
});

const mistakes: readonly [what: string, line: number, text: string, message: RegExp][] = [
  ['is not JSON', 4, '["language",', /:4: the line is not JSON/],
  ['is empty', 5, '', /:5: the line is empty/],
  ['is no array', 5, '{"film":1}', /:5: a record is an array/],
  ['is of no kind', 5, '["movie",1]', /:5: "movie" is no kind of record; there are catalogue, genre/],
  ['is of a kind that only objects have', 5, '["constructor"]', /:5: "constructor" is no kind/],
  ['lacks a value', 7, '["person",31,"Anna A"]', /:7: person: /],
  ['has a value of the wrong type', 12, '["cast","31","Herself",0]', /:12: cast: value 1: .*number/],
  ['has an unknown fact', 17, '["film",8,{"titel":"Beta"}]', /:17: film: value 2.*titel/],
  ['repeats a movie', 17, SMALL_CATALOGUE[9] ?? '', /:17: 7 stands above it already/],
  ['names nobody', 12, '["cast",99,"Herself",0]', /:12: there is no person 99 above it/],
  ['repeats a part', 13, SMALL_CATALOGUE[11] ?? '', /:13: the movie has the same cast above it already/],
  ['belongs to no movie', 2, '["cast",31,"Herself",0]', /:2: there is no person 31 above it/],
  ['comes before any movie', 9, '["review","A",8,"2020-01-02T03:04:05Z","x"]', /:9: there is no movie above it/],
  ['is not the heading', 1, '["genre",1,"x"]', /:1: a catalogue begins with/],
  [
    'is of another version',
    1,
    '["catalogue",{"format":"marquee-catalogue","version":2}]',
    /:1: catalogue: value 1\.version/,
  ],
  ['is a second heading', 3, SMALL_CATALOGUE[0] ?? '', /:3: a catalogue begins with/],
];
for (const [what, line, text, message] of mistakes) {
  test(`a line that ${what} is told by file, line and mistake`, () => {
    assert.throws(() => parseCatalogue(withLine(line, text), 'small.ndjson'), {
      code: 'INVALID_CATALOGUE',
      exitCode: 2,
      message: new RegExp(`small.ndjson${message.source}`),
    });
  });
}

test('a catalogue without a movie is invalid', () => {
  assert.throws(() => parseCatalogue(SMALL_CATALOGUE[0] ?? '', 'small.ndjson'), {
    message: /small.ndjson: it has no movie/,
  });
});

test('a file that is not there is told by name', async () => {
  await assert.rejects(readCatalogue('/no/such/file'), {
    code: 'CATALOGUE_UNREADABLE',
    exitCode: 2,
    message: /\/no\/such\/file/,
  });
});

test('the sample has 300 movies with cast and crew, marked sample synopses, and three pages of reviews', async () => {
  const { movies, people } = await readCatalogue(SAMPLE_CATALOGUE);
  assert.equal(movies.size, 300);
  assert.ok(people.size > 6000);
  for (const id of [603, 550, 27205, 155, 680, 13])
    assert.match(movies.get(id)?.facts.overview ?? '', /^Sample synopsis: /);
  for (const { id, facts, cast, crew, reviews } of movies.values()) {
    assert.ok(cast.length > 0 && crew.length > 0, `movie ${id}`);
    assert.ok(facts.overview === undefined || facts.overview.startsWith('Sample synopsis: '), `movie ${id}`);
    assert.ok(reviews.every(({ author, content }) => /^Marquee sample/.test(author) && /^Sample review/.test(content)));
  }
  assert.ok((movies.get(603)?.reviews.length ?? 0) > 40);
  const bytes = (await readFile(SAMPLE_CATALOGUE)).length;
  assert.ok(bytes < 900_000, `${bytes} bytes`);
});

test('a name or a text of blanks alone is a mistake', () => {
  for (const [line, record] of [
    [2, '["genre",18,"\\u00a0"]'],
    [2, '["genre",18,"\\u200b \\u3000"]'],
    [2, '["language","de","\\u2003","German"]'],
  ] as const) {
    assert.throws(() => parseCatalogue(withLine(line, record), 'blank.ndjson'), /more than blanks/, record);
  }
});
