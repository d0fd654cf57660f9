import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { MovieParts, SharedParts } from '../../src/application/movie-parts.ts';
import type { Named, SharedLists } from '../../src/application/shared-lists.ts';
import type { Company } from '../../src/domain/movie.ts';
import { postgresMovieParts, postgresSharedParts } from '../../src/infrastructure/postgres-movie-parts.ts';
import { postgresSharedLists } from '../../src/infrastructure/postgres-shared-lists.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/movies.ts';

const NAMES = ['Éclair', 'eclipse', "o'clock", 'Oclock two', 'zebra', 'Zebra', '魔法', 'saving the world', '...'];
/** Names of TMDb that show nothing. */
const BLANK = ['', ' ', '\u00a0', '\u3000\u2003', '\u200b', '\u3164', '\t\u00ad'];
/** Without case, accents and punctuation, byte by byte; the same again by id. */
const IN_ORDER = ['...', 'Éclair', 'eclipse', "o'clock", 'Oclock two', 'saving the world', 'zebra', 'Zebra', '魔法'];

let database: MoviesDatabase;
let lists: SharedLists;
let parts: MovieParts;
let shared: SharedParts;
before(async () => {
  database = await moviesDatabase();
  const all = [...NAMES, ...BLANK];
  const keywords = all.map((name, id) => ({ id, name }));
  const productionCompanies = all.map((name, id) => ({ id, name, logoPath: `/${id}.png`, originCountry: 'FR' }));
  await observe(database.pool, [
    movieOf('1', {
      keywords,
      productionCompanies,
      collection: { id: 9, name: 'The Set', posterPath: '/p.jpg', backdropPath: null },
    }),
  ]);
  parts = postgresMovieParts(database.pool);
  shared = postgresSharedParts(database.pool);
  lists = postgresSharedLists(database.pool);
});
after(() => database.drop());

const PAGE: KeysetPage = { limit: 100, backward: false, cursor: null };
const names = async (prefix: string) => (await lists.list('keywords', prefix, PAGE)).map(({ item }) => item.name);

describe('lists by name', () => {
  it('are in the order of names', async () => {
    assert.deepEqual(await names(''), IN_ORDER);
    assert.equal(await lists.count('keywords', ''), NAMES.length);
  });

  it('begin with a prefix, case, accents and punctuation aside', async () => {
    for (const [prefix, expected] of [
      ['ECL', ['Éclair', 'eclipse']],
      ['éclipse', ['eclipse']],
      ['oclock', ["o'clock", 'Oclock two']],
      ['zebra', ['zebra', 'Zebra']],
      ['魔', ['魔法']],
      ['world', []],
      ...['%', '_', '&', '(', '\\', '…', '🎬', '\u0301', '\u200b'].map((prefix) => [prefix, []] as const),
    ] as const) {
      assert.deepEqual(await names(prefix), expected, prefix);
      assert.equal(await lists.count('keywords', prefix), expected.length, prefix);
    }
  });

  it('page forward and backward', async () => {
    for (const backward of [false, true]) {
      const seen: string[] = [];
      for (let cursor: KeysetPage['cursor'] = null; ; ) {
        const rows: readonly Named<Company>[] = await lists.list('companies', '', { limit: 2, backward, cursor });
        seen.push(...rows.map(({ item }) => item.name));
        cursor = rows.at(-1)?.keys ?? null;
        if (cursor === null) break;
      }
      assert.deepEqual(backward ? seen.reverse() : seen, IN_ORDER);
    }
  });

  it('hold all there is to know', async () => {
    const [collection] = await lists.list('collections', 'the', PAGE);
    assert.deepEqual(collection?.item, { id: 9, name: 'The Set', posterPath: '/p.jpg', backdropPath: null });
    const [company] = await lists.list('companies', 'saving', PAGE);
    assert.deepEqual(company?.item, { id: 7, name: 'saving the world', logoPath: '/7.png', originCountry: 'FR' });
  });

  it('have nothing whose name shows nothing, nor has a movie, nor an id', async () => {
    const ids = [...NAMES.keys(), ...BLANK.map((_, index) => NAMES.length + index)];
    for (const found of [
      await lists.list('companies', '', PAGE),
      await lists.list('keywords', '', { ...PAGE, backward: true }),
      (await parts.keywordsOf(['1'])).get('1'),
      (await parts.productionCompaniesOf(['1'])).get('1'),
      [...(await shared.keywordsByIds(ids)).values()],
      [...(await shared.companiesByIds(ids)).values()],
    ]) {
      assert.equal(found?.length, NAMES.length);
    }
    assert.equal(await lists.count('companies', ''), NAMES.length);
  });
});
