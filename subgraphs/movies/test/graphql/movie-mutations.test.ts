import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeOf, dataOf } from '@marquee/testing/subgraph-process';
import { observe } from '../fixtures/database.ts';
import { MOVIES, movieOf } from '../fixtures/movies.ts';
import { EVERYTHING, WHOLE, writableMovies } from '../fixtures/writable-movies.ts';
import { ask, EDITOR, outbox, write } from '../fixtures/writing.ts';

describe('mutations of movies', () => {
  const subject = writableMovies();
  const { read, totals } = subject;

  describe('createMovie', () => {
    it('keeps everything that is said of it, and lists it with the others', async () => {
      const created = await write(subject.movies, 'createMovie', { input: WHOLE }, EVERYTHING);
      assert.match(created.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      const { id, __typename: _, ...said } = created;
      assert.deepEqual(said, {
        tmdbId: null,
        version: 1,
        ...Object.fromEntries(
          ['title', 'originalTitle', 'originalLanguage', 'overview', 'tagline', 'status', 'releaseDate', 'runtime']
            .concat(['budget', 'revenue', 'homepage', 'popularity', 'adult', 'softcore', 'video', 'releases'])
            .map((field) => [field, WHOLE[field as keyof typeof WHOLE]]),
        ),
        posterUrl: 'http://images.example/t/p/w92/metropolis.jpg',
        backdropUrl: 'http://images.example/t/p/w300/metropolis-backdrop.jpg',
        observedAt: null,
        externalIds: {
          imdbId: 'tt0017136',
          wikidataId: 'Q151599',
          facebookId: 'metropolis',
          instagramId: 'metropolis',
          twitterId: 'metropolis',
        },
        collection: { id: '2344' },
        genres: [
          { id: '878', name: 'Science Fiction' },
          { id: '28', name: 'Action' },
        ],
        keywords: [{ id: '310' }, { id: '83' }],
        productionCompanies: [{ id: '79' }],
        productionCountries: [{ code: 'US' }],
        originCountries: ['DE'],
        spokenLanguages: [{ code: 'en' }],
        overrides: [],
      });
      assert.deepEqual(await read(id, EVERYTHING), { id, ...said });
      assert.deepEqual(await totals(), [MOVIES.length + 1, 1]);
      const { movies: ofGenre } = dataOf(
        await subject.movies.ask(
          '{ movies(filter: { genres: { all: ["878", "28"] }, releaseYear: { max: 1930 } }) { edges { node { id } } } }',
        ),
      );
      assert.deepEqual(ofGenre.edges, [{ node: { id } }]);
      assert.deepEqual(await outbox(subject.pool), [
        {
          ...{ entity: 'Movie', id, version: 1, change: 'created', tags: [`movie-${id}`, 'movies'] },
          facts: { film: { releaseDate: '1927-02-06' } },
        },
      ]);
    });

    it('needs a title alone: null and absence are the same', async () => {
      const { id } = await write(subject.movies, 'createMovie', {
        input: { title: ' Sunrise ', budget: null, genreIds: null },
      });
      assert.deepEqual(await read(id, 'title originalTitle popularity adult video budget genres { id } observedAt'), {
        title: 'Sunrise',
        originalTitle: 'Sunrise',
        popularity: 0,
        adult: false,
        video: false,
        budget: null,
        genres: [],
        observedAt: null,
      });
    });

    it('names every value that cannot be taken, with its place', async () => {
      const { __typename, code, faults } = await write(subject.movies, 'createMovie', {
        input: {
          ...{ title: ' ', originalTitle: 'x'.repeat(601), overview: 'a\0b', status: 'Done', runtime: 0, budget: -1 },
          ...{ homepage: 'example.org', imdbId: '0133093', wikidataId: '83495', popularity: -0.5, posterPath: 'x.jpg' },
          ...{
            releaseDate: '0000-01-01',
            originalLanguage: 'EN',
            collectionId: 'x',
            genreIds: ['28', '28', 'nonsense'],
          },
          ...{ originCountryCodes: ['qq'], releases: [{ country: 'us', type: 'TV', date: '2000-01-01', note: '' }] },
        },
        idempotencyKey: 'naïve',
      });
      assert.deepEqual([__typename, code], ['ValidationError', 'VALIDATION']);
      const found = faults.map((fault: { path: string[]; code: string }) =>
        [fault.path.join('.'), fault.code].join(' '),
      );
      assert.deepEqual(found.toSorted(), [
        'idempotencyKey INVALID_IDEMPOTENCY_KEY',
        'input.budget TOO_SMALL',
        'input.collectionId UNKNOWN_COLLECTION',
        'input.genreIds.2 UNKNOWN_GENRE',
        'input.homepage NO_ADDRESS',
        'input.imdbId NO_IMDB_ID',
        'input.originCountryCodes.0 UNKNOWN_COUNTRY',
        'input.originalLanguage NO_LANGUAGE_CODE',
        'input.originalTitle TOO_LONG',
        'input.overview UNSTORABLE',
        'input.popularity TOO_SMALL',
        'input.posterPath NO_IMAGE_PATH',
        'input.releaseDate NO_DATE',
        'input.releases.0.country UNKNOWN_COUNTRY',
        'input.releases.0.note TOO_SHORT',
        'input.runtime TOO_SMALL',
        'input.status UNKNOWN_STATUS',
        'input.title TOO_SHORT',
        'input.wikidataId NO_WIKIDATA_ID',
      ]);
      assert.deepEqual(await outbox(subject.pool), []);
    });

    it('names what a list names that is not known, and what it names twice', async () => {
      const input = {
        ...WHOLE,
        genreIds: ['28', '99'],
        keywordIds: ['1'],
        spokenLanguageCodes: ['en', 'xx'],
        collectionId: '7',
      };
      const unknown = await write(subject.movies, 'createMovie', { input });
      assert.deepEqual(
        unknown.faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
        [
          'input collectionId UNKNOWN_COLLECTION',
          'input genreIds 1 UNKNOWN_GENRE',
          'input keywordIds 0 UNKNOWN_KEYWORD',
          'input spokenLanguageCodes 1 UNKNOWN_LANGUAGE',
        ],
      );
      const countries = await write(subject.movies, 'createMovie', {
        input: {
          ...{ title: 'x', originCountryCodes: ['US', 'QQ'], productionCountryCodes: ['QZ'] },
          releases: ['SU', 'QX'].map((country) => ({ country, type: 'TV', date: '2000-01-01' })),
        },
      });
      assert.deepEqual(
        countries.faults
          .map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' '))
          .toSorted(),
        [
          'input originCountryCodes 1 UNKNOWN_COUNTRY',
          'input productionCountryCodes 0 UNKNOWN_COUNTRY',
          'input releases 1 country UNKNOWN_COUNTRY',
        ],
      );
      const { faults } = await write(subject.movies, 'createMovie', {
        input: { title: 'x', genreIds: ['28', '878', '28'] },
      });
      assert.deepEqual(faults, [{ path: ['input', 'genreIds', '2'], message: 'Name it once.', code: 'REPEATED' }]);
      assert.deepEqual(await totals(), [MOVIES.length, 0]);
    });
  });

  describe('updateMovie', () => {
    it('takes every country code that TMDb told, and those of TMDb’s own', async () => {
      const release = (country: string, certification: string | null) => ({
        ...{ country, type: 3, date: '1970-01-01T00:00:00Z', certification },
        ...{ note: null, language: null, descriptors: [] },
      });
      const told = {
        ...movieOf('1970'),
        productionCountries: [
          { code: 'XC', name: 'Czechoslovakia' },
          { code: 'QM', name: 'Somewhere' },
        ],
        originCountries: ['XC', 'QO'],
        releases: [release('XG', null), release('QR', '12'), release('QS', null)],
      };
      await observe(subject.pool, [told, movieOf('1971')]);
      const shown = 'releases { country type date certification note }';
      const { releases } = await read('1970', shown);
      const written = {
        ...{ originCountryCodes: ['XC', 'SK', 'QO'], productionCountryCodes: ['QM', 'XC'] },
        releases: [...releases, { country: 'XI', type: 'TV', date: '2000-01-01' }],
      };
      const edited = await write(subject.movies, 'updateMovie', { id: '1970', version: 1, input: written });
      assert.equal(edited.__typename, 'Movie', JSON.stringify(edited));
      const other = { originCountryCodes: ['QO', 'QM'], releases: [{ country: 'QR', type: 'TV', date: '2000-01-01' }] };
      const elsewhere = await write(subject.movies, 'updateMovie', { id: '1971', version: 1, input: other });
      assert.equal(elsewhere.__typename, 'Movie', JSON.stringify(elsewhere));
    });

    it('changes what is given, clears what is null, keeps what is absent', async () => {
      const before = await read('603', EVERYTHING);
      const input = { title: 'Matrix', tagline: null, runtime: 137, genreIds: ['878'], keywordIds: null };
      const updated = await write(subject.movies, 'updateMovie', { id: '603', version: 1, input }, EVERYTHING);
      assert.deepEqual(updated, {
        __typename: 'Movie',
        ...before,
        ...{
          version: 2,
          title: 'Matrix',
          tagline: null,
          runtime: 137,
          genres: [{ id: '878', name: 'Science Fiction' }],
        },
        keywords: [],
        overrides: ['genreIds', 'keywordIds', 'runtime', 'tagline', 'title'].map((field) => ({
          field: field.replace('Ids', '_IDS').toUpperCase(),
        })),
      });
      assert.deepEqual(await outbox(subject.pool), [
        {
          ...{ entity: 'Movie', id: '603', version: 2, change: 'updated', tags: ['movie-603', 'movies'] },
          facts: { film: { releaseDate: '1999-03-31' } },
        },
      ]);
    });

    it('refuses null where there is always something, and a change of nothing', async () => {
      const input = { title: null, originalTitle: null, popularity: null, adult: null, video: null };
      const { faults } = await write(subject.movies, 'updateMovie', { id: '603', version: 1, input });
      assert.deepEqual(
        faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
        ['title', 'originalTitle', 'popularity', 'adult', 'video'].map((field) => `input ${field} REQUIRED`),
      );
      const nothing = await write(subject.movies, 'updateMovie', { id: '603', version: 1, input: {} });
      assert.deepEqual(nothing.faults[0].code, 'NOTHING_TO_CHANGE');
    });

    it('says who is not there and who was changed meanwhile', async () => {
      const input = { title: 'x' };
      assert.deepEqual(await write(subject.movies, 'updateMovie', { id: 'nobody', version: 1, input }), {
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        path: ['id'],
        id: 'nobody',
      });
      for (const id of ['a\0b', '\ud800']) {
        for (const mutation of ['updateMovie', 'deleteMovie', 'releaseOverrides'] as const) {
          const more = mutation === 'updateMovie' ? { input } : {};
          const refused = await write(subject.movies, mutation, { id, version: 1, ...more });
          assert.deepEqual([refused.__typename, refused.path], ['NotFoundError', ['id']], mutation);
        }
        const changes = [{ create: { title: 'Undone' } }, { delete: { id, version: 1 } }];
        const refused = await write(subject.movies, 'changeMovies', { changes });
        assert.deepEqual([refused.__typename, refused.path.join('.')], ['NotFoundError', 'changes.1.delete.id']);
      }
      assert.deepEqual(await write(subject.movies, 'updateMovie', { id: '603', version: 9, input }), {
        __typename: 'ConflictError',
        code: 'CONFLICT',
        path: ['version'],
        id: '603',
        currentVersion: 1,
      });
    });

    it('lets one of two win who edit at once, and tells the other the version', async () => {
      for (let version = 1; version <= 5; version++) {
        const results = await Promise.all(
          ['one', 'other'].map((title) =>
            write(subject.movies, 'updateMovie', { id: '603', version, input: { title } }),
          ),
        );
        const won = results.find(({ __typename }) => __typename === 'Movie');
        const lost = results.find(({ __typename }) => __typename === 'ConflictError');
        assert.equal(won.version, version + 1);
        assert.equal(lost.currentVersion, version + 1);
        assert.deepEqual(await read('603'), { version: version + 1, title: won.title });
      }
    });
  });

  describe('deleteMovie', () => {
    it('takes the movie away, and says its last version', async () => {
      assert.deepEqual(await write(subject.movies, 'deleteMovie', { id: '604', version: 1 }), {
        __typename: 'DeletedMovie',
        id: '604',
        version: 2,
      });
      assert.equal(await read('604'), null);
      assert.deepEqual((await totals())[0], MOVIES.length - 1);
      assert.deepEqual(await outbox(subject.pool), [
        { entity: 'Movie', id: '604', version: 2, change: 'deleted', tags: ['movie-604', 'movies'], facts: null },
      ]);
      for (const field of ['deleteMovie', 'updateMovie'] as const) {
        const gone = await write(subject.movies, field, { id: '604', version: 2, input: { title: 'x' } });
        assert.equal(gone.__typename, 'NotFoundError');
      }
    });

    it('deletes a movie that a client made for good', async () => {
      const { id } = await write(subject.movies, 'createMovie', { input: { title: 'Gone Soon' } });
      assert.equal((await write(subject.movies, 'deleteMovie', { id, version: 1 })).version, 2);
      assert.equal((await write(subject.movies, 'releaseOverrides', { id, version: 2 })).__typename, 'NotFoundError');
      const { rows } = await subject.pool.query('select from deleted_movies');
      assert.equal(rows.length, 0);
    });
  });

  it('answers each of several mutations with the movie as it is after it', async () => {
    const answer = await subject.movies.ask(
      `mutation {
        one: updateMovie(id: "603", version: 1, input: { title: "One", genreIds: ["28"] }) { ... on Movie { version title genres { id } } }
        two: updateMovie(id: "603", version: 2, input: { title: "Two", genreIds: [] }) { ... on Movie { version title genres { id } } }
      }`,
      {},
      EDITOR,
    );
    assert.deepEqual(dataOf(answer), {
      one: { version: 2, title: 'One', genres: [{ id: '28' }] },
      two: { version: 3, title: 'Two', genres: [] },
    });
  });

  it('changes nothing without the scope, and names it', async () => {
    const changes = [
      ['createMovie', { input: { title: 'x' } }],
      ['updateMovie', { id: '603', version: 1, input: { title: 'x' } }],
      ['deleteMovie', { id: '603', version: 1 }],
      ['changeMovies', { changes: [{ delete: { id: '603', version: 1 } }] }],
      ['releaseOverrides', { id: '603', version: 1 }],
    ] as const;
    for (const [field, variables] of changes) {
      const lacking = await ask(subject.movies, field, variables, {
        identity: { subject: 'reader', scopes: ['people:write'] },
      });
      assert.equal(codeOf(lacking), 'FORBIDDEN');
      assert.deepEqual(lacking.errors?.[0]?.extensions, {
        code: 'FORBIDDEN',
        missingScopes: ['movies:write'],
        requiredScopes: [['movies:write']],
      });
      assert.equal(codeOf(await ask(subject.movies, field, variables, { identity: null })), 'UNAUTHENTICATED');
    }
    assert.deepEqual(await outbox(subject.pool), []);
    assert.deepEqual(await read('603'), { version: 1, title: 'The Matrix' });
  });

  it('reads versions and overrides in a number of statements that does not grow, through references too', async () => {
    await observe(
      subject.pool,
      Array.from({ length: 50 }, (_, index) => movieOf(`copy-${index}`)),
    );
    const count = async (ids: readonly string[]) => {
      const answer = await subject.movies.ask(
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Movie { id version overrides { field editedAt } } } }',
        { of: ids.map((id) => ({ __typename: 'Movie', id })) },
      );
      assert.ok(dataOf(answer)._entities.every(({ version }: { version: number }) => version === 1));
      return answer.statements;
    };
    assert.equal(await count(['603']), 2);
    assert.equal(await count(Array.from({ length: 50 }, (_, index) => `copy-${index}`)), 2);
  });
});
