import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataOf } from '@marquee/testing/subgraph-process';
import { observe } from '../fixtures/database.ts';
import { MOVIES, THE_MATRIX } from '../fixtures/movies.ts';
import { EVERYTHING, WHOLE, writableMovies } from '../fixtures/writable-movies.ts';
import { ask, EDITOR, outbox, write } from '../fixtures/writing.ts';

describe('batches and idempotency keys', () => {
  const subject = writableMovies();
  const { totals } = subject;

  describe('changeMovies', () => {
    it('does all of it, in the order asked for', async () => {
      const changes = [
        { delete: { id: '194', version: 1 } },
        { create: { title: 'Nosferatu' } },
        { update: { id: '603', version: 1, input: { title: 'Matrix' } } },
      ];
      const { results } = await write(subject.movies, 'changeMovies', { changes });
      const [deleted, created, updated] = results;
      assert.deepEqual(deleted, { __typename: 'DeletedMovie', id: '194', version: 2 });
      assert.deepEqual([created.__typename, created.title, created.version], ['Movie', 'Nosferatu', 1]);
      assert.deepEqual([updated.id, updated.title, updated.version], ['603', 'Matrix', 2]);
      assert.equal((await outbox(subject.pool)).length, 3);
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
      ] as const) {
        const refused = await write(subject.movies, 'changeMovies', { changes: [...fine, wrong] });
        assert.equal(refused.__typename, type, path);
        assert.equal((refused.path ?? refused.faults[0].path).join('.'), path);
      }
      for (const wrong of [{}, { create: { title: 'x' }, delete: { id: '603', version: 1 } }, { create: null }]) {
        const { errors } = await ask(subject.movies, 'changeMovies', { changes: [...fine, wrong] });
        assert.deepEqual(
          errors?.map(({ extensions }) => extensions.code),
          ['BAD_USER_INPUT'],
        );
      }
      assert.deepEqual(await totals(), [MOVIES.length, 0]);
      assert.deepEqual(await outbox(subject.pool), []);
      assert.equal((await write(subject.movies, 'changeMovies', { changes: [] })).faults[0].code, 'TOO_SHORT');
    });

    it('takes the same number of statements for one movie as for a hundred', async () => {
      const ids = Array.from({ length: 100 }, (_, index) => `many-${index}`);
      await observe(
        subject.pool,
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
          const answer = await ask(subject.movies, 'changeMovies', { changes }, { movie: EVERYTHING });
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
        const answers = await calls(() => write(subject.movies, 'createMovie', variables));
        for (const answer of answers) assert.deepEqual(answer, answers[0]);
      }
      assert.deepEqual(await totals(), [MOVIES.length + 2, 2]);
      assert.equal((await outbox(subject.pool)).length, 2);
      const again = { id: '603', version: 1, input: { title: 'Matrix' }, idempotencyKey: 'an update' };
      for (let time = 0; time < 3; time++) assert.equal((await write(subject.movies, 'updateMovie', again)).version, 2);
      const changes = { changes: [{ delete: { id: '194', version: 1 } }], idempotencyKey: 'a batch' };
      const [first, second] = [
        await write(subject.movies, 'changeMovies', changes),
        await write(subject.movies, 'changeMovies', changes),
      ];
      assert.deepEqual(first, second);
      assert.deepEqual(first.results, [{ __typename: 'DeletedMovie', id: '194', version: 2 }]);
    });

    it('is one of its subject, and good for one request', async () => {
      const variables = { input: { title: 'Metropolis' }, idempotencyKey: 'mine' };
      const { id } = await write(subject.movies, 'createMovie', variables);
      const other = await write(subject.movies, 'createMovie', { ...variables, input: { title: 'Sunrise' } });
      assert.equal(other.faults[0].code, 'IDEMPOTENCY_KEY_REUSED');
      const theirs = dataOf(
        await ask(subject.movies, 'createMovie', variables, { identity: { ...EDITOR, subject: 'somebody else' } }),
      ).result;
      assert.notEqual(theirs.id, id);
    });

    it('is not used up by what was refused, and answers of movies that are gone', async () => {
      const variables = { id: '603', version: 2, input: { title: 'Matrix' }, idempotencyKey: 'early' };
      assert.equal((await write(subject.movies, 'updateMovie', variables)).currentVersion, 1);
      await write(subject.movies, 'updateMovie', { id: '603', version: 1, input: { title: 'The Matrix!' } });
      assert.equal((await write(subject.movies, 'updateMovie', variables)).version, 3);
      const batch = { changes: [{ create: { title: 'Gone Soon' } }], idempotencyKey: 'a batch of one' };
      const { results } = await write(subject.movies, 'changeMovies', batch);
      await write(subject.movies, 'deleteMovie', { id: results[0].id, version: 1 });
      assert.deepEqual((await write(subject.movies, 'changeMovies', batch)).results, [
        { __typename: 'DeletedMovie', id: results[0].id, version: 2 },
      ]);
      await write(subject.movies, 'deleteMovie', { id: '603', version: 3 });
      assert.equal((await write(subject.movies, 'updateMovie', variables)).__typename, 'NotFoundError');
    });
  });
});
