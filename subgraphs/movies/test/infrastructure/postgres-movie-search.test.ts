import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MovieSearch, PageRequest } from '../../src/application/movie-store.ts';
import { createPostgresMovieSearch } from '../../src/infrastructure/postgres-movie-search.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { FILMS, film } from '../fixtures/films.ts';

const MORE = [
  film('10681', { title: 'WALL·E', popularity: 40 }),
  film('161', { title: "Ocean's Eleven", popularity: 45 }),
  film('424', { title: "Schindler's List", popularity: 60 }),
  film('634649', { title: 'Spider-Man: No Way Home', popularity: 80 }),
  film('238', { title: 'The Godfather', popularity: 100 }),
  film('396398', { title: 'Father', popularity: 150 }),
  film('17529', { title: 'Кин-дза-дза!', originalTitle: 'Кин-дза-дза!', popularity: 8 }),
  film('90001', { title: 'Matrix', popularity: 0.1 }),
];

let database: MoviesDatabase;
let search: MovieSearch;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, [...FILMS, ...MORE]);
  search = createPostgresMovieSearch(database.pool);
});
after(() => database.drop());

const FIRST: PageRequest = { limit: 10, backward: false, cursor: null };
const everything = (text: string) => ({ text, includeAdult: true });
const titles = async (query: string) =>
  (await search.search(everything(query), FIRST, ['title'])).map(({ movie }) => movie.title);

describe('search', () => {
  it('finds the film that most people mean first', async () => {
    assert.deepEqual((await titles('matrix')).slice(0, 3), ['The Matrix', 'The Matrix Reloaded', 'Matrix']);
  });

  it('does not mind case, accents, apostrophes, punctuation and the original title', async () => {
    for (const [query, title] of [
      ['THE MATRIX RELOADED', 'The Matrix Reloaded'],
      ['amelie', 'Amélie'],
      ['AMÉLIE POULAIN', 'Amélie'],
      ['oceans eleven', "Ocean's Eleven"],
      ['ocean’s eleven', "Ocean's Eleven"],
      ['wall-e', 'WALL·E'],
      ['spider man no way home', 'Spider-Man: No Way Home'],
      ['千と千尋の神隠し', 'Spirited Away'],
      ['千と千尋', 'Spirited Away'],
      ['КИН-ДЗА', 'Кин-дза-дза!'],
    ] as const) {
      assert.equal((await titles(query))[0], title, query);
    }
  });

  it('finds titles in scripts without blanks by any part of them', async () => {
    for (const query of ['千尋', '神隠し', '尋', '千尋 神隠し', '千尋の'])
      assert.deepEqual(await titles(query), ['Spirited Away'], query);
    assert.ok(!(await titles('千尋 matrix')).includes('Spirited Away'));
  });

  it('takes the last word for the beginning of one', async () => {
    assert.equal((await titles('schindlers li'))[0], "Schindler's List");
    assert.equal((await titles('spiri'))[0], 'Spirited Away');
  });

  it('finds similar spellings, the most similar first', async () => {
    for (const [query, title] of [
      ['matrxi', 'The Matrix'],
      ['the godfathr', 'The Godfather'],
      ['spirted away', 'Spirited Away'],
      ['shindlers list', "Schindler's List"],
      ['ocean elevn', "Ocean's Eleven"],
    ] as const) {
      assert.equal((await titles(query))[0], title, query);
    }
  });

  it('finds nothing where nothing is alike', async () => {
    assert.deepEqual(await titles('zzzzqqqq'), []);
    assert.equal(await search.count(everything('zzzzqqqq')), 0);
  });

  it('takes no part of a query for an operator', async () => {
    for (const query of [
      "'",
      '& | ! ( )',
      ':*',
      '%_\\',
      "matrix' & 'x",
      '<->',
      '!!!',
      '"',
      'a'.repeat(200),
      '​',
      '\u{1F3AC}',
    ]) {
      await search.search(everything(query), FIRST, ['title']);
      await search.count(everything(query));
    }
    assert.equal((await titles('matrix & !reloaded'))[0], 'The Matrix Reloaded');
  });

  it('pages forward and backward through the same list', async () => {
    const all = (await search.search(everything('the'), { ...FIRST, limit: 100 }, [])).map((row) => row.movie.id);
    assert.equal(await search.count(everything('the')), all.length);
    for (const backward of [false, true]) {
      const seen: string[] = [];
      let cursor: PageRequest['cursor'] = null;
      for (;;) {
        const [row] = await search.search(everything('the'), { limit: 1, backward, cursor }, []);
        if (row === undefined) break;
        seen.push(row.movie.id);
        cursor = row.keys;
      }
      assert.deepEqual(backward ? seen.toReversed() : seen, all);
    }
  });

  it('ranks the most popular of a great many matches, and the film that is called just that', async () => {
    const many = Array.from({ length: 1_010 }, (_, index) =>
      film(`q-${index}`, { title: `Quux ${index}`, popularity: 1 + index }),
    );
    await observe(database.pool, [...many, film('just-quux', { title: 'Quux', popularity: 0 })]);
    const found = await search.search(everything('quux'), { ...FIRST, limit: 2_000 }, []);
    assert.equal(found.length, 1_001);
    assert.equal(await search.count(everything('quux')), 1_001);
    const ids = new Set(found.map((row) => row.movie.id));
    assert.ok(ids.has('just-quux') && ids.has('q-1009') && !ids.has('q-0'));
  });

  it('looks words and spellings up in indexes', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query('set local enable_seqscan = off');
      const plan = async (sql: string) => {
        const { rows } = await client.query(`explain ${sql}`);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      };
      assert.match(
        await plan("select from movies where search_vector @@ 'matr':*::tsquery".replace("'matr':*", "'matr:*'")),
        /movies_by_word/,
      );
      await client.query('set local pg_trgm.word_similarity_threshold = 0.5');
      assert.match(
        await plan("select from movies where folded_title %> 'matrxi' or folded_original_title %> 'matrxi'"),
        /movies_by_spelling/,
      );
      assert.match(
        await plan(
          "select from movies where cjk_grams(folded_title || ' ' || folded_original_title) @> cjk_grams('千尋')",
        ),
        /movies_by_cjk/,
      );
      assert.match(await plan("select from movies where folded_title = 'matrix'"), /movies_by_folded_title/);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
