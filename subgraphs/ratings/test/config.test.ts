import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ratingsConfig } from '../src/config.ts';

const SERVE = { serve: true, consume: false, migrate: false };
const DATABASE_URL = 'postgres://ratings:secret@localhost:5432/marquee';

it('needs nothing but the database to serve', () => {
  const config = ratingsConfig(SERVE, { DATABASE_URL });
  assert.equal(config.PORT, 4003);
  assert.equal(config.HOST, '127.0.0.1');
  assert.equal(config.TMDB_IMAGE_BASE_URL, 'https://image.tmdb.org/t/p');
});

it('needs the owner to migrate', () => {
  assert.throws(() => ratingsConfig({ ...SERVE, migrate: true }, { DATABASE_URL }), /DATABASE_OWNER_URL: is not set/);
});

it('lists every mistake at once', () => {
  assert.throws(
    () => ratingsConfig(SERVE, { PORT: '65536', DATABASE_POOL_SIZE: '0', TMDB_IMAGE_BASE_URL: 'ftp://x' }),
    (error: Error & { code?: string; exitCode?: number }) => {
      assert.equal(error.code, 'INVALID_CONFIG');
      assert.equal(error.exitCode, 2);
      for (const name of ['DATABASE_URL', 'PORT', 'DATABASE_POOL_SIZE', 'TMDB_IMAGE_BASE_URL']) {
        assert.match(error.message, new RegExp(`${name}: `));
      }
      return true;
    },
  );
});
