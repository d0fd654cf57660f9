import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { FILMS, film, THE_MATRIX } from '../fixtures/films.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';
import { ask, EDITOR, outbox, write } from '../fixtures/writing.ts';

/** Everything that a client can say of a film. */
const WHOLE = {
  title: 'Metropolis',
  originalTitle: 'Metropolis',
  originalLanguage: 'fr',
  overview: 'A city has two classes.',
  tagline: 'The mediator must be the heart.',
  status: 'Released',
  releaseDate: '1927-02-06',
  runtime: 153,
  budget: 1_200_000,
  revenue: 650_422,
  homepage: 'https://example.org/metropolis',
  imdbId: 'tt0017136',
  wikidataId: 'Q151599',
  facebookId: 'metropolis',
  instagramId: 'metropolis',
  twitterId: 'metropolis',
  popularity: 12.5,
  posterPath: '/metropolis.jpg',
  backdropPath: '/metropolis-backdrop.jpg',
  adult: false,
  softcore: false,
  video: false,
  collectionId: '2344',
  genreIds: ['878', '28'],
  keywordIds: ['310', '83'],
  productionCompanyIds: ['79'],
  productionCountryCodes: ['US'],
  originCountryCodes: ['DE'],
  spokenLanguageCodes: ['en'],
  releases: [
    {
      country: 'DE',
      type: 'PREMIERE',
      date: '1927-01-10',
      certification: '6',
      note: 'Berlin',
      language: 'de',
      descriptors: ['violence'],
    },
  ],
};

const EVERYTHING = `id tmdbId version title originalTitle originalLanguage overview tagline status releaseDate runtime budget revenue homepage
  popularity posterUrl(size: W92) backdropUrl(size: W300) adult softcore video observedAt
  externalIds { imdbId wikidataId facebookId instagramId twitterId } collection { id }
  genres { id name } keywords { id } productionCompanies { id } productionCountries { code } originCountries spokenLanguages { code }
  releases { country type date certification note language descriptors } overrides { field }`;

describe('mutations', () => {
  let database: MoviesDatabase;
  let movies: RunningSubgraph;
  before(async () => {
    database = await moviesDatabase();
    movies = await startSubgraph(['serve'], {
      ...database.env,
      TMDB_IMAGE_BASE_URL: 'http://images.example/t/p',
    });
  });
  after(async () => {
    assert.equal(await movies.stop(), 0);
    await database.drop();
  });
  beforeEach(async () => {
    await database.pool.query('delete from movies; delete from deleted_movies; delete from entity_versions;');
    await observe(database.pool, FILMS);
    await database.pool.query('delete from outbox');
  });

  const read = async (id: string, fields = 'version title') =>
    dataOf(await movies.ask(`query ($id: ID!) { movie(id: $id) { ${fields} } }`, { id })).movie;
  const totals = async () => {
    const { movies: all, searchMovies: found } = dataOf(
      await movies.ask('{ movies { totalCount } searchMovies(query: "metropolis") { totalCount } }'),
    );
    return [all.totalCount, found.totalCount];
  };

  describe('createMovie', () => {
    it('keeps everything that is said of it, and lists it with the others', async () => {
      const created = await write(movies, 'createMovie', { input: WHOLE }, EVERYTHING);
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
      assert.deepEqual(await totals(), [FILMS.length + 1, 1]);
      const { movies: ofGenre } = dataOf(
        await movies.ask(
          '{ movies(filter: { genres: { all: ["878", "28"] }, releaseYear: { max: 1930 } }) { edges { node { id } } } }',
        ),
      );
      assert.deepEqual(ofGenre.edges, [{ node: { id } }]);
      assert.deepEqual(await outbox(database.pool), [
        {
          ...{ entity: 'Movie', id, version: 1, change: 'created', tags: [`movie-${id}`, 'movies'] },
          facts: { film: { releaseDate: '1927-02-06' } },
        },
      ]);
    });

    it('needs a title alone: null and absence are the same', async () => {
      const { id } = await write(movies, 'createMovie', {
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
      const { __typename, code, faults } = await write(movies, 'createMovie', {
        input: {
          ...{ title: ' ', originalTitle: 'x'.repeat(601), overview: 'a\0b', status: 'Done', runtime: 0, budget: -1 },
          ...{ homepage: 'example.org', imdbId: '0133093', wikidataId: '83495', popularity: -0.5, posterPath: 'x.jpg' },
          ...{
            releaseDate: '0000-01-01',
            originalLanguage: 'EN',
            collectionId: 'x',
            genreIds: ['28', '28', 'nonsense'],
          },
          ...{ originCountryCodes: ['QQ'], releases: [{ country: 'us', type: 'TV', date: '2000-01-01', note: '' }] },
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
      assert.deepEqual(await outbox(database.pool), []);
    });

    it('names what a list names that is not known, and what it names twice', async () => {
      const input = {
        ...WHOLE,
        genreIds: ['28', '99'],
        keywordIds: ['1'],
        spokenLanguageCodes: ['en', 'xx'],
        collectionId: '7',
      };
      const unknown = await write(movies, 'createMovie', { input });
      assert.deepEqual(
        unknown.faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
        [
          'input collectionId UNKNOWN_COLLECTION',
          'input genreIds 1 UNKNOWN_GENRE',
          'input keywordIds 0 UNKNOWN_KEYWORD',
          'input spokenLanguageCodes 1 UNKNOWN_LANGUAGE',
        ],
      );
      const { faults } = await write(movies, 'createMovie', { input: { title: 'x', genreIds: ['28', '878', '28'] } });
      assert.deepEqual(faults, [{ path: ['input', 'genreIds', '2'], message: 'Name it once.', code: 'REPEATED' }]);
      assert.deepEqual(await totals(), [FILMS.length, 0]);
    });
  });

  describe('updateMovie', () => {
    it('changes what is given, clears what is null, keeps what is absent', async () => {
      const before = await read('603', EVERYTHING);
      const input = { title: 'Matrix', tagline: null, runtime: 137, genreIds: ['878'], keywordIds: null };
      const updated = await write(movies, 'updateMovie', { id: '603', version: 1, input }, EVERYTHING);
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
      assert.deepEqual(await outbox(database.pool), [
        {
          ...{ entity: 'Movie', id: '603', version: 2, change: 'updated', tags: ['movie-603', 'movies'] },
          facts: { film: { releaseDate: '1999-03-31' } },
        },
      ]);
    });

    it('refuses null where there is always something, and a change of nothing', async () => {
      const input = { title: null, originalTitle: null, popularity: null, adult: null, video: null };
      const { faults } = await write(movies, 'updateMovie', { id: '603', version: 1, input });
      assert.deepEqual(
        faults.map(({ path, code }: { path: string[]; code: string }) => [...path, code].join(' ')),
        ['title', 'originalTitle', 'popularity', 'adult', 'video'].map((field) => `input ${field} REQUIRED`),
      );
      const nothing = await write(movies, 'updateMovie', { id: '603', version: 1, input: {} });
      assert.deepEqual(nothing.faults[0].code, 'NOTHING_TO_CHANGE');
    });

    it('says who is not there and who was changed meanwhile', async () => {
      const input = { title: 'x' };
      assert.deepEqual(await write(movies, 'updateMovie', { id: 'nobody', version: 1, input }), {
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        path: ['id'],
        id: 'nobody',
      });
      for (const id of ['a\0b', '\ud800']) {
        for (const mutation of ['updateMovie', 'deleteMovie', 'releaseOverrides'] as const) {
          const more = mutation === 'updateMovie' ? { input } : {};
          const refused = await write(movies, mutation, { id, version: 1, ...more });
          assert.deepEqual([refused.__typename, refused.path], ['NotFoundError', ['id']], mutation);
        }
        const changes = [{ create: { title: 'Undone' } }, { delete: { id, version: 1 } }];
        const refused = await write(movies, 'changeMovies', { changes });
        assert.deepEqual([refused.__typename, refused.path.join('.')], ['NotFoundError', 'changes.1.delete.id']);
      }
      assert.deepEqual(await write(movies, 'updateMovie', { id: '603', version: 9, input }), {
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
          ['one', 'other'].map((title) => write(movies, 'updateMovie', { id: '603', version, input: { title } })),
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
    it('takes the film away, and says its last version', async () => {
      assert.deepEqual(await write(movies, 'deleteMovie', { id: '604', version: 1 }), {
        __typename: 'DeletedMovie',
        id: '604',
        version: 2,
      });
      assert.equal(await read('604'), null);
      assert.deepEqual((await totals())[0], FILMS.length - 1);
      assert.deepEqual(await outbox(database.pool), [
        { entity: 'Movie', id: '604', version: 2, change: 'deleted', tags: ['movie-604', 'movies'], facts: null },
      ]);
      for (const field of ['deleteMovie', 'updateMovie'] as const) {
        const gone = await write(movies, field, { id: '604', version: 2, input: { title: 'x' } });
        assert.equal(gone.__typename, 'NotFoundError');
      }
    });

    it('deletes a film that a client made for good', async () => {
      const { id } = await write(movies, 'createMovie', { input: { title: 'Gone Soon' } });
      assert.equal((await write(movies, 'deleteMovie', { id, version: 1 })).version, 2);
      assert.equal((await write(movies, 'releaseOverrides', { id, version: 2 })).__typename, 'NotFoundError');
      const { rows } = await database.pool.query('select from deleted_movies');
      assert.equal(rows.length, 0);
    });
  });

  describe('changeMovies', () => {
    it('does all of it, in the order asked for', async () => {
      const changes = [
        { delete: { id: '194', version: 1 } },
        { create: { title: 'Nosferatu' } },
        { update: { id: '603', version: 1, input: { title: 'Matrix' } } },
      ];
      const { results } = await write(movies, 'changeMovies', { changes });
      const [deleted, created, updated] = results;
      assert.deepEqual(deleted, { __typename: 'DeletedMovie', id: '194', version: 2 });
      assert.deepEqual([created.__typename, created.title, created.version], ['Movie', 'Nosferatu', 1]);
      assert.deepEqual([updated.id, updated.title, updated.version], ['603', 'Matrix', 2]);
      assert.equal((await outbox(database.pool)).length, 3);
    });

    it('does nothing of it when one cannot be done', async () => {
      const fine = [{ create: { title: 'Nosferatu' } }, { delete: { id: '194', version: 1 } }];
      for (const [wrong, type, path] of [
        [{ update: { id: '603', version: 3, input: { title: 'x' } } }, 'ConflictError', 'changes.2.update.version'],
        [{ delete: { id: 'nobody', version: 3 } }, 'NotFoundError', 'changes.2.delete.id'],
        [
          { update: { id: '603', version: 1, input: { title: '' } } },
          'ValidationError',
          'changes.2.update.input.title',
        ],
        [{ create: { title: 'x', genreIds: ['5'] } }, 'ValidationError', 'changes.2.create.genreIds.0'],
        [
          { update: { id: '603', version: 1, input: { collectionId: '5' } } },
          'ValidationError',
          'changes.2.update.input.collectionId',
        ],
        [{ delete: { id: '194', version: 1 } }, 'ValidationError', 'changes.2.delete.id'],
        [{}, 'ValidationError', 'changes.2'],
        [{ create: { title: 'x' }, delete: { id: '603', version: 1 } }, 'ValidationError', 'changes.2'],
      ] as const) {
        const refused = await write(movies, 'changeMovies', { changes: [...fine, wrong] });
        assert.equal(refused.__typename, type, path);
        assert.equal((refused.path ?? refused.faults[0].path).join('.'), path);
      }
      assert.deepEqual(await totals(), [FILMS.length, 0]);
      assert.deepEqual(await outbox(database.pool), []);
      assert.equal((await write(movies, 'changeMovies', { changes: [] })).faults[0].code, 'TOO_SHORT');
    });

    it('takes the same number of statements for one film as for a hundred', async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `many-${index}`);
      await observe(
        database.pool,
        ids.map((id) => ({ ...THE_MATRIX, movieId: id })),
      );
      const { title: _, ...edits } = WHOLE;
      const versions = new Map(ids.map((id) => [id, 1]));
      for (const kind of ['create', 'update', 'delete'] as const) {
        const statements: number[] = [];
        for (const some of [ids.slice(0, 1), ids.slice(1)]) {
          const changes = some.map((id) => {
            const version = versions.get(id) ?? 0;
            if (kind === 'update') versions.set(id, version + 1);
            if (kind === 'create') return { create: WHOLE };
            return kind === 'update' ? { update: { id, version, input: edits } } : { delete: { id, version } };
          });
          const answer = await ask(movies, 'changeMovies', { changes }, { movie: EVERYTHING });
          assert.equal(dataOf(answer).result.results.length, some.length);
          statements.push(answer.statements);
        }
        assert.equal(statements[0], statements[1], `${kind}: ${statements}`);
      }
    });
  });

  describe('an idempotency key', () => {
    it('makes five calls have one effect and one answer, one after the other and at once', async () => {
      for (const [key, calls] of [
        [
          'in series',
          async (call: () => Promise<object>) => [await call(), await call(), await call(), await call(), await call()],
        ],
        ['at once', (call: () => Promise<object>) => Promise.all(Array.from({ length: 5 }, call))],
      ] as const) {
        const variables = { input: { title: `Metropolis ${key}` }, idempotencyKey: key };
        const answers = await calls(() => write(movies, 'createMovie', variables));
        for (const answer of answers) assert.deepEqual(answer, answers[0]);
      }
      assert.deepEqual(await totals(), [FILMS.length + 2, 2]);
      assert.equal((await outbox(database.pool)).length, 2);
      const again = { id: '603', version: 1, input: { title: 'Matrix' }, idempotencyKey: 'an update' };
      for (let time = 0; time < 3; time++) assert.equal((await write(movies, 'updateMovie', again)).version, 2);
      const changes = { changes: [{ delete: { id: '194', version: 1 } }], idempotencyKey: 'a batch' };
      const [first, second] = [
        await write(movies, 'changeMovies', changes),
        await write(movies, 'changeMovies', changes),
      ];
      assert.deepEqual(first, second);
      assert.deepEqual(first.results, [{ __typename: 'DeletedMovie', id: '194', version: 2 }]);
    });

    it('is one of its subject, and good for one request', async () => {
      const variables = { input: { title: 'Metropolis' }, idempotencyKey: 'mine' };
      const { id } = await write(movies, 'createMovie', variables);
      const other = await write(movies, 'createMovie', { ...variables, input: { title: 'Sunrise' } });
      assert.equal(other.faults[0].code, 'IDEMPOTENCY_KEY_REUSED');
      const theirs = dataOf(
        await ask(movies, 'createMovie', variables, { identity: { ...EDITOR, subject: 'somebody else' } }),
      ).result;
      assert.notEqual(theirs.id, id);
    });

    it('is not used up by what was refused, and answers of films that are gone', async () => {
      const variables = { id: '603', version: 2, input: { title: 'Matrix' }, idempotencyKey: 'early' };
      assert.equal((await write(movies, 'updateMovie', variables)).currentVersion, 1);
      await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'The Matrix!' } });
      assert.equal((await write(movies, 'updateMovie', variables)).version, 3);
      const batch = { changes: [{ create: { title: 'Gone Soon' } }], idempotencyKey: 'a batch of one' };
      const { results } = await write(movies, 'changeMovies', batch);
      await write(movies, 'deleteMovie', { id: results[0].id, version: 1 });
      assert.deepEqual((await write(movies, 'changeMovies', batch)).results, [
        { __typename: 'DeletedMovie', id: results[0].id, version: 2 },
      ]);
      await write(movies, 'deleteMovie', { id: '603', version: 3 });
      assert.equal((await write(movies, 'updateMovie', variables)).__typename, 'NotFoundError');
    });
  });

  it('answers each of several mutations with the film as it is after it', async () => {
    const answer = await movies.ask(
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
      const lacking = await ask(movies, field, variables, {
        identity: { subject: 'reader', scopes: ['people:write'] },
      });
      assert.equal(codeOf(lacking), 'FORBIDDEN');
      assert.deepEqual(lacking.errors?.[0]?.extensions, {
        code: 'FORBIDDEN',
        missingScopes: ['movies:write'],
        requiredScopes: [['movies:write']],
      });
      assert.equal(codeOf(await ask(movies, field, variables, { identity: null })), 'UNAUTHENTICATED');
    }
    assert.deepEqual(await outbox(database.pool), []);
    assert.deepEqual(await read('603'), { version: 1, title: 'The Matrix' });
  });

  it('reads versions and overrides in a number of statements that does not grow, through references too', async () => {
    await observe(
      database.pool,
      Array.from({ length: 50 }, (_, index) => film(`copy-${index}`)),
    );
    const count = async (ids: readonly string[]) => {
      const answer = await movies.ask(
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
