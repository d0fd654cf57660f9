import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(folder, 'generation/main.ts'), ...args], { encoding: 'utf8' });

test('what is committed is what the schemas generate', () => {
  const { status, stderr } = run(packageFolder, '--check');
  assert.equal(status, 0, stderr);
});

test('a file changed by hand, a left-over and a changed schema are named until they are generated anew', (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'marquee-events-'));
  t.after(() => rmSync(copy, { recursive: true }));
  for (const part of ['schemas', 'generation', 'src', 'package.json']) {
    cpSync(join(packageFolder, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(packageFolder, '../../node_modules'), join(copy, 'node_modules'));

  appendFileSync(join(copy, 'src/generated/movie-ratings.ts'), '// by hand\n');
  writeFileSync(join(copy, 'src/generated/movie-trailers.ts'), '');
  const schema = join(copy, 'schemas/movie-credits.v1.json');
  writeFileSync(schema, readFileSync(schema, 'utf8').replace('"Name of the character."', '"Who is played."'));

  const stale = run(copy, '--check');
  assert.equal(stale.status, 1);
  assert.deepEqual(stale.stderr.match(/^packages\/events\/\S+(?= is stale)/gm), [
    'packages/events/src/generated/asyncapi.yaml',
    'packages/events/src/generated/movie-credits.ts',
    'packages/events/src/generated/movie-ratings.ts',
    'packages/events/src/generated/movie-trailers.ts',
  ]);

  assert.equal(run(copy).status, 0);
  assert.equal(run(copy, '--check').status, 0);

  const ratings = readFileSync(join(copy, 'schemas/movie-ratings.v1.json'), 'utf8');
  const trailers = ratings.replaceAll('movie-ratings', 'movie-trailers').replace('MovieRatings', 'MovieTrailers');
  writeFileSync(join(copy, 'schemas/movie-trailers.v1.json'), trailers.replaceAll('Review', 'Trailer'));
  assert.equal(run(copy).status, 0);
  assert.equal(run(copy, '--check').status, 0, 'a schema that is added becomes a topic at once');
  assert.match(
    readFileSync(join(copy, 'src/generated/topics.ts'), 'utf8'),
    /MOVIE_TRAILERS = observationTopic\('movie-trailers', 'Movie', 'ratings'\)/,
  );

  const later = ratings.replaceAll('movie-ratings.v1', 'movie-ratings.v2').replace('MovieRatings', 'MovieRatingsV2');
  writeFileSync(join(copy, 'schemas/movie-ratings.v2.json'), later.replaceAll('Review', 'ReviewV2'));
  assert.equal(run(copy).status, 0);
  assert.match(
    readFileSync(join(copy, 'src/generated/topics.ts'), 'utf8'),
    /MOVIE_RATINGS_V2 = observationTopic\('movie-ratings\.v2', 'Movie', 'ratings'\)/,
    'a new version of a schema becomes a topic beside the other',
  );
  assert.match(
    readFileSync(join(copy, 'src/generated/asyncapi.yaml'), 'utf8'),
    /address: marquee\.movie-ratings\.v1[\s\S]*address: marquee\.movie-ratings\.v2/,
  );
  assert.match(readFileSync(join(copy, 'src/generated/movie-credits.ts'), 'utf8'), /Who is played\./);
});
