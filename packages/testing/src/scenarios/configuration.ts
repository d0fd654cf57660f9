import assert from 'node:assert/strict';
import { it } from 'node:test';

/** The configuration of a subgraph's `config.ts`. */
type ReadConfig = (
  roles: { readonly serve: boolean; readonly consume: boolean; readonly migrate: boolean },
  env: Readonly<Record<string, string>>,
) => { readonly PORT: number; readonly HOST: string; readonly TMDB_IMAGE_BASE_URL: string };

const SERVE = { serve: true, consume: false, migrate: false };
const DATABASE_URL = 'postgres://runtime:secret@localhost:5432/marquee';

/** Tests required settings, defaults and error messages of a subgraph that serves images. */
export function itReadsItsConfiguration(read: ReadConfig, port: number): void {
  it('needs nothing but the database to serve', () => {
    const config = read(SERVE, { DATABASE_URL });
    assert.equal(config.PORT, port);
    assert.equal(config.HOST, '127.0.0.1');
    assert.equal(config.TMDB_IMAGE_BASE_URL, 'https://image.tmdb.org/t/p');
  });

  it('needs the owner to migrate', () => {
    assert.throws(() => read({ ...SERVE, migrate: true }, { DATABASE_URL }), /DATABASE_OWNER_URL: is not set/);
  });

  it('lists every mistake at once', () => {
    const mistakes = {
      PORT: '65536',
      DATABASE_POOL_SIZE: '0',
      DATABASE_REPLICA_URL: 'http://standby',
      DRAIN_DELAY_MS: '-1',
      TMDB_IMAGE_BASE_URL: 'ftp://x',
    };
    assert.throws(
      () => read(SERVE, mistakes),
      (error: Error & { code?: string; exitCode?: number }) => {
        assert.equal(error.code, 'INVALID_CONFIG');
        assert.equal(error.exitCode, 2);
        for (const name of ['DATABASE_URL', ...Object.keys(mistakes)]) {
          assert.match(error.message, new RegExp(`^  ${name}: `, 'm'));
        }
        return true;
      },
    );
  });
}
