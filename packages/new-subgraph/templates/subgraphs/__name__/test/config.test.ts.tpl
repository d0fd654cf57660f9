import assert from 'node:assert/strict';
import { it } from 'node:test';
import { __name__Config } from '../src/config.ts';

const SERVE = { serve: true, consume: false, migrate: false };
const DATABASE_URL = 'postgres://runtime:secret@localhost:5432/marquee';

it('needs nothing but the database to serve', () => {
  assert.equal(__name__Config(SERVE, { DATABASE_URL }).PORT, __port__);
});

it('lists every mistake at once', () => {
  for (const variable of ['DATABASE_URL', 'PORT']) {
    assert.throws(() => __name__Config(SERVE, { PORT: '65536' }), {
      code: 'INVALID_CONFIG',
      exitCode: 2,
      message: new RegExp(`^  ${variable}: `, 'm'),
    });
  }
});
