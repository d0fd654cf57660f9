import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { SelectableMovie } from '../../src/application/movie-selection.ts';
import type { MovieSearch } from '../../src/application/movie-store.ts';
import { postgresMovieSearch } from '../../src/infrastructure/postgres-movie-search.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { MOVIES, movieOf } from '../fixtures/movies.ts';

const MORE = [
  movieOf('10681', { title: 'WALL·E', popularity: 40 }),
  movieOf('161', { title: "Ocean's Eleven", popularity: 45 }),
  movieOf('424', { title: "Schindler's List", popularity: 60 }),
  movieOf('634649', { title: 'Spider-Man: No Way Home', popularity: 80 }),
  movieOf('238', { title: 'The Godfather', popularity: 100 }),
  movieOf('396398', { title: 'Father', popularity: 150 }),
  movieOf('17529', { title: 'Кин-дза-дза!', originalTitle: 'Кин-дза-дза!', popularity: 8 }),
  movieOf('90001', { title: 'Matrix', popularity: 0.1 }),
];

let database: MoviesDatabase;
let search: MovieSearch;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, [...MOVIES, ...MORE]);
  search = postgresMovieSearch(database.pool);
});
after(() => database.drop());

const FIRST: KeysetPage = { limit: 10, backward: false, cursor: null };
const everything = (text: string) => ({ text, includeAdult: true });
const titles = async (query: string) =>
  (await search.search(everything(query), FIRST, ['title'])).map(({ movie }) => (movie as SelectableMovie).title);

describe('search', () => {
  it('finds the movie that most people mean first', async () => {
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
      let cursor: KeysetPage['cursor'] = null;
      for (;;) {
        const [row] = await search.search(everything('the'), { limit: 1, backward, cursor }, []);
        if (row === undefined) break;
        seen.push(row.movie.id);
        cursor = row.keys;
      }
      assert.deepEqual(backward ? seen.toReversed() : seen, all);
    }
  });

  it('ranks the most popular of a great many matches, and the movie that is called just that', async () => {
    const many = Array.from({ length: 1_010 }, (_, index) =>
      movieOf(`q-${index}`, { title: `Quux ${10_000 + index}`, popularity: 1 + index }),
    );
    await observe(database.pool, [...many, movieOf('just-quux', { title: 'Quux', popularity: 0 })]);
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

  describe('takes what people type for what a title has', () => {
    const TITLES: readonly (readonly [title: string, ...queries: string[]])[] = [
      ['Q.U.A.R.K. Unit', 'quark unit', 'Q.U.A.R.K. unit', 'q.u.a.r.k', 'Quark'],
      ['R.I.P.D.', 'ripd', 'r i p d', 'R.I.P.D', 'r.i.p.d.'],
      ['M*A*S*H', 'mash', 'm*a*s*h', 'M.A.S.H.', 'm a s h'],
      ['8½', '8½', '8 ½', '8 1/2', '8-1/2'],
      ['Naked Pun 33⅓', 'naked pun 33 1/3', 'naked pun 33⅓', '33 ⅓'],
      ['Fargo²', 'fargo 2', 'fargo2', 'fargo²'],
      ['Thorn & Velvet', 'thorn and velvet', 'thorn & velvet', 'thorn velvet', 'thorn ＆ velvet', 'thorn und velvet'],
      ['Ballad and Bread', 'ballad & bread', 'ballad + bread'],
      ['Tango + Cashmere', 'tango and cashmere', 'tango & cashmere', 'tango cashmere'],
      ['???!', '???!', '??? !', '？？？！'],
      ['…', '…', '...'],
      ['!!!', '!!!'],
      ['🎬❤️', '🎬❤', '🎬 ❤️'],
      ['Zed-Men', 'zedmen', 'zed men', 'zed-men', 'zed–men'],
      ['Glider-Man: Far Away', 'gliderman', 'glider man far', 'gliderman far away', 'glider-man'],
      ['Wombatman', 'wombat man', 'wombat-man'],
      ['Moon’s Twelve', "moon's twelve", 'moons twelve', 'moon‘s twelve', 'moonʼs twelve'],
      ['Straßenkater', 'strassenkater', 'STRASSENKATER', 'straßenkater'],
      ['Æon ﬁre', 'aeon fire', 'æon fire'],
      ['Ｄｏｎｎｅｒ', 'donner', 'Ｄｏｎｎｅｒ'],
      ['Kış Işıkları', 'kis isiklari', 'KIŞ IŞIKLARI', 'kış ışıkları'],
      ['Đường Về Nhà', 'duong ve nha', 'đường về nhà', 'đường về nhà'.normalize('NFD')],
      ['مُحَمَّدٌ المسافر', 'محمد المسافر', 'مُحَمَّد', 'محمّد المسافر'],
      ['שָׁלוֹם לַיְלָה', 'שלום לילה', 'שָׁלוֹם'],
      ['ต้มยำกุ้ง', 'ต้มยำกุ้ง', 'ต้มยํากุ้ง'],
      ['देवदासी की रात', 'देवदासी की', 'देवदासी'],
      ['ОДЁЖНЫЙ ДОМ', 'одежный дом', 'одёжный', 'одёжный'.normalize('NFD')],
      ['ΟΡΦΑΝΟΣ ΛΥΚΟΣ', 'ορφανος λυκος', 'ορφανός λύκος'],
      ['ﾊﾟｲﾛｯﾄ', 'パイロット'],
      ['한글'.normalize('NFD'), '한글'],
      ['Quartz™ 5', 'quartz 5'],
      ['२०४७ सफ़र', '2047 सफ़र', '२०४७'],
    ];
    before(() =>
      observe(
        database.pool,
        [
          ...TITLES.map(([title], index) => movieOf(`typed-${index}`, { title, popularity: 30 })),
          ...Array.from({ length: 20 }, (_, part) =>
            movieOf(`part-${part}`, { title: `Thorn and Velvet part ${part}`, popularity: 1 }),
          ),
        ],
        new Date('2026-11-23'),
      ),
    );
    for (const [title, ...queries] of TITLES) {
      it(title, async () => {
        for (const query of queries) assert.equal((await titles(query))[0], title, query);
      });
    }
  });

  it('takes a year after a title for the year of its release', async () => {
    const of = (id: string, title: string, year: number, popularity: number) =>
      movieOf(id, { title, releaseDate: `${year}-06-07`, popularity });
    await observe(database.pool, [
      of('y1', '777', 2007, 25),
      of('y2', 'Cyborgcop', 1987, 20),
      of('y3', 'Cyborgcop', 2014, 90),
      of('y4', 'Cyborgcop 2', 1990, 95),
      of('y5', 'Runner 2049', 2017, 5),
      of('y6', 'Runner', 2049, 1),
      of('y7', '1997', 1998, 5),
    ]);
    for (const [query, id] of [
      ['777 2007', 'y1'],
      ['777 (2007)', 'y1'],
      ['cyborgcop 1987', 'y2'],
      ['Cyborgcop (1987)', 'y2'],
      ['cyborgcop, 2014', 'y3'],
      ['cyborgcop [2014]', 'y3'],
      ['cyborgcop 1988', 'y2'],
      ['cyborgcpo 1987', 'y2'],
      ['runner 2049', 'y5'],
      ['1997', 'y7'],
      ['1997 1998', 'y7'],
    ] as const) {
      const [found] = await search.search(everything(query), FIRST, []);
      assert.equal(found?.movie.id, id, query);
    }
  });

  it('forgives one letter that is swapped, missing, added or wrong in a title of one word', async () => {
    const words = ['Zephy', 'Gargle', 'Vortexa', 'Quagmire', 'Labyrinto'];
    await observe(
      database.pool,
      words.map((title, index) => movieOf(`w-${index}`, { title, popularity: 0.2 })),
    );
    for (const title of words) {
      for (let place = 0; place < title.length; place++) {
        const [before, letter, after] = [title.slice(0, place), title.charAt(place), title.slice(place + 1)];
        for (const typed of [
          `${before}${after}`,
          `${before}x${letter}${after}`,
          `${before}x${after}`,
          `${before}${after.charAt(0)}${letter}${after.slice(1)}`,
        ]) {
          assert.ok((await titles(typed)).includes(title), `${typed} for ${title}`);
        }
      }
    }
  });

  it('lists each title that is a letter away before others of one that many movies have', async () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      movieOf(`many-${index}`, { title: 'Gromlit', popularity: 50 + index }),
    );
    await observe(database.pool, [
      ...many,
      movieOf('few-1', { title: 'Gramlit', popularity: 1 }),
      movieOf('few-2', { title: 'Gomlit' }),
    ]);
    const found = await titles('grmlit');
    assert.ok(found.includes('Gramlit'), found.join());
    assert.equal(found[0], 'Gromlit');
    assert.ok((await titles('gromit')).slice(0, 3).includes('Gomlit'));
  });
});
