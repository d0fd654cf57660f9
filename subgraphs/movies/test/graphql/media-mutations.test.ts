import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieDetails } from '../../src/infrastructure/movie-details-handler.ts';
import { observe } from '../fixtures/database.ts';
import { mediaOf, observeMedia, TRAILER, translationOf } from '../fixtures/media.ts';
import { THE_MATRIX } from '../fixtures/movies.ts';
import { writableMovies } from '../fixtures/writable-movies.ts';
import { outbox, write } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const SHOWN = `version videos { edges { node { tmdbId site key type name publishedAt } } }
  translations { edges { node { language country title } } }
  alternativeTitles { edges { node { country title type } } } overrides { field }`;

const MEDIA = mediaOf('603', {
  videos: [TRAILER],
  translations: [translationOf('fr-FR', { title: 'Matrix' })],
  alternativeTitles: [{ country: 'CN', title: '黑客帝国', type: null }],
});

const MINE = { site: 'Vimeo', key: '1', type: 'Clip', publishedAt: '2020-01-02T03:04:05.678Z' };

describe('mutations of media', () => {
  const subject = writableMovies();
  const read = async (id: string) => flat(await subject.read(id, SHOWN));
  const update = async (version: number, input: object, id = '603') =>
    flat(await write(subject.movies, 'updateMovie', { id, version, input }, SHOWN));
  const flat = (movie: Record<string, { edges?: { node: object }[] }>) =>
    Object.fromEntries(
      Object.entries(movie).map(([name, value]) => [name, value.edges?.map(({ node }) => node) ?? value]),
      // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the selection.
    ) as Record<string, any>;
  const keysOf = (movie: Record<string, { key: string }[]>) => movie.videos?.map(({ key }) => key);

  beforeEach(async () => {
    await subject.pool.query(
      `delete from movie_media_overrides; delete from movie_videos; delete from movie_translations; delete from movie_alternative_titles;
      delete from absent_movie_edits`,
    );
    await observeMedia(subject.pool, [MEDIA], at(0));
    await subject.pool.query('delete from outbox');
  });

  it('a list replaces TMDb’s, which goes on beside it until it is released', async () => {
    const kept = { tmdbId: TRAILER.id, site: 'YouTube', key: TRAILER.key, type: 'Trailer', name: 'Corrected' };
    const edited = await update(2, { videos: [kept, MINE], alternativeTitles: null });
    assert.deepEqual(
      [edited.version, edited.videos, edited.alternativeTitles, edited.translations.length],
      [
        3,
        [
          { ...kept, publishedAt: null },
          { tmdbId: null, name: null, ...MINE },
        ],
        [],
        1,
      ],
    );
    assert.deepEqual(edited.overrides, [{ field: 'ALTERNATIVE_TITLES' }, { field: 'VIDEOS' }]);
    await subject.pool.query('delete from outbox');
    await observeMedia(subject.pool, [{ ...MEDIA, videos: [], alternativeTitles: [] }], at(1));
    assert.deepEqual(await outbox(subject.pool), []);
    await observeMedia(subject.pool, [{ ...MEDIA, videos: [{ ...TRAILER, key: 'new' }], translations: [] }], at(2));
    const after = await read('603');
    assert.deepEqual([after.version, keysOf(after), after.translations], [4, [TRAILER.key, '1'], []]);
    const release = { id: '603', version: 4, fields: ['VIDEOS', 'TITLE', 'TRANSLATIONS'] };
    const released = flat(await write(subject.movies, 'releaseOverrides', release, SHOWN));
    assert.deepEqual(
      [released.version, keysOf(released), released.overrides],
      [5, ['new'], [{ field: 'ALTERNATIVE_TITLES' }]],
    );
    const all = flat(await write(subject.movies, 'releaseOverrides', { id: '603', version: 5 }, SHOWN));
    assert.deepEqual([all.version, all.alternativeTitles.length, all.overrides], [6, 1, []]);
    const again = await write(subject.movies, 'releaseOverrides', { id: '603', version: 6 });
    assert.equal(again.version, 6);
  });

  it('edits come back with a movie that TMDb deleted, and end with a deletion by a client', async () => {
    await update(2, { videos: [MINE], translations: [{ language: 'fr', country: 'CA', title: 'La Matrice' }] });
    await inTransaction(subject.pool, (tx) =>
      handleMovieDetails(tx, { observed: [], deleted: [{ subject: '603', observedAt: at(1) }] }),
    );
    assert.equal(await subject.read('603'), null);
    await observe(subject.pool, [THE_MATRIX], at(2));
    const back = await read('603');
    assert.deepEqual([keysOf(back), back.translations[0].title], [['1'], 'La Matrice']);
    await write(subject.movies, 'deleteMovie', { id: '603', version: back.version });
    const restored = flat(
      await write(subject.movies, 'releaseOverrides', { id: '603', version: back.version + 1 }, SHOWN),
    );
    assert.deepEqual([keysOf(restored), restored.overrides], [[TRAILER.key], []]);
  });

  it('a movie that a client creates has media without overrides, which go with it', async () => {
    const input = { title: 'Metropolis', videos: [MINE], alternativeTitles: [{ country: 'US', title: 'Metropolis!' }] };
    const created = flat(await write(subject.movies, 'createMovie', { input }, `id ${SHOWN}`));
    assert.deepEqual([keysOf(created), created.overrides], [['1'], []]);
    const edited = await update(1, { videos: [{ ...MINE, key: '2' }] }, created.id);
    assert.deepEqual([keysOf(edited), edited.alternativeTitles.length, edited.overrides], [['2'], 1, []]);
    await write(subject.movies, 'deleteMovie', { id: created.id, version: 2 });
    const { rows } = await subject.pool.query('select from movie_videos where movie_id = $1', [created.id]);
    assert.equal(rows.length, 0);
  });

  it('names every value that cannot be taken, with its place', async () => {
    const { faults } = await write(subject.movies, 'updateMovie', {
      id: '603',
      version: 2,
      input: {
        videos: [{ ...MINE, site: ' ', size: 0 }],
        translations: [{ language: 'FR' }, { language: 'de', homepage: 'x' }, { language: 'de' }],
        alternativeTitles: [{ country: 'us', title: 'x' }],
      },
    });
    const found = faults.map(
      ({ path, code }: { path: string[]; code: string }) => `${path.slice(1).join('.')} ${code}`,
    );
    assert.deepEqual(found.toSorted(), [
      'alternativeTitles.0.country UNKNOWN_COUNTRY',
      'translations.0.language NO_LANGUAGE_CODE',
      'translations.1.homepage NO_ADDRESS',
      'videos.0.site TOO_SHORT',
      'videos.0.size TOO_SMALL',
    ]);
    const twice = await write(subject.movies, 'updateMovie', {
      id: '603',
      version: 2,
      input: { translations: [{ language: 'de' }, { language: 'de', country: 'AT' }, { language: 'de' }] },
    });
    assert.deepEqual(twice.faults[0].path, ['input', 'translations', '2']);
  });
});
