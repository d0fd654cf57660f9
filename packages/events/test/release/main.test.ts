import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const main = join(packageFolder, 'release/main.ts');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'marquee-events-release-'));
  for (const part of ['schemas', 'released']) cpSync(join(packageFolder, part), join(root, part), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function run(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [main, ...args, '--root', root], { encoding: 'utf8' });
  return { status, stderr };
}

/** Replaces the first occurrence of a text in a schema. */
function edit(file: string, from: string, to: string): void {
  const schema = join(root, 'schemas', file);
  const text = readFileSync(schema, 'utf8');
  assert.ok(text.includes(from), from);
  writeFileSync(schema, text.replace(from, to));
}

const accept = (change: string) =>
  writeFileSync(
    join(root, 'released/accepted-changes.yaml'),
    `- change: ${JSON.stringify(change)}\n  reason: "Decided."\n`,
  );

test('the committed schemas are compatible with the released ones', () => {
  assert.deepEqual(run('check'), { status: 0, stderr: '' });
});

test('an optional property and a new event are compatible, and are released', () => {
  edit('movie-ratings.v1.json', '"voteCount": {', '"source": { "type": "string" }, "voteCount": {');
  const details = readFileSync(join(root, 'schemas/movie-details.v1.json'), 'utf8');
  writeFileSync(join(root, 'schemas/movie-trailers.v1.json'), details.replaceAll('movie-details', 'movie-trailers'));
  assert.deepEqual(run('check'), { status: 0, stderr: '' });
  assert.equal(run('release').status, 0);
  assert.ok(readdirSync(join(root, 'released')).includes('movie-trailers.v1.json'));
  edit('movie-ratings.v1.json', '"source": { "type": "string" }, ', '');
  assert.match(run('check').stderr, /^movie-ratings\.v1\.json \/source: the property was removed/);
});

test('a change that stored events do not survive is refused, whoever accepts it, and is not released', () => {
  edit('movie-ratings.v1.json', '"maxLength": 600', '"maxLength": 500');
  const change = 'movie-ratings.v1.json /reviews/[]/author: "maxLength" was 600 and is 500';
  accept(change);
  for (const command of ['check', 'release']) {
    assert.deepEqual(run(command), {
      status: 1,
      stderr: `${change}. Consumers of this version would not read stored events as they are. Undo it, or publish on a new topic version (docs/events.md#a-new-topic-version).\n`,
    });
  }
});

test('a change that only released consumers do not survive may be accepted, and an accepted change must exist', () => {
  edit('movies-changes.v1.json', '["created", "updated"]', '["created", "updated", "restored"]');
  const change = 'movies-changes.v1.json /change: "enum" gained "restored"';
  const { status, stderr } = run('check');
  assert.equal(status, 1);
  assert.ok(
    stderr.startsWith(`${change}. Consumers of the release would reject new events. Undo it, publish on a new`),
  );
  assert.match(
    stderr,
    /record it with a reason in \S*released\/accepted-changes\.yaml and upgrade all consumers before/,
  );
  accept(change);
  assert.deepEqual(run('check'), { status: 0, stderr: '' });
  assert.equal(run('release').status, 0);
  assert.deepEqual(run('check'), { status: 0, stderr: '' });
  accept(change);
  assert.match(run('check').stderr, /accepts a change that does not exist: movies-changes\.v1\.json \/change/);
});

test('a change of a shared definition is reported at each place', () => {
  edit('definitions.v1.json', '"^[A-Z]{2}$"', '"^[A-Z]{2,3}$"');
  const places: string[] = run('check').stderr.match(/^\S+ \S+(?=: "pattern")/gm) ?? [];
  assert.ok(places.includes('movie-details.v1.json /originCountries/[]'), places.join());
  assert.ok(places.includes('movie-media.v1.json /alternativeTitles/[]/country'), places.join());
});

test('the headers of changes are compared, and a removed schema is reported', () => {
  edit('definitions.v1.json', '"required": ["id", "version", "tags"]', '"required": ["id", "version"]');
  rmSync(join(root, 'schemas/people-changes.v1.json'));
  assert.deepEqual(run('check').stderr.match(/^[^ ]+(?: \S+)?: [^.]+(?=\.)/gm), [
    'definitions.v1.json#/$defs/ChangeHeaders /tags: the property became optional',
    'people-changes.v1.json: the schema was removed',
  ]);
});

test('a missing release, a malformed list of accepted changes and an unknown command are errors', () => {
  writeFileSync(join(root, 'released/accepted-changes.yaml'), '- change: "x"\n');
  assert.match(run('check').stderr, /every entry must have a "change" and a "reason"/);
  rmSync(join(root, 'released'), { recursive: true });
  assert.match(run('check').stderr, /released is missing: run `npm run events:release`/);
  assert.equal(run('release').status, 0);
  assert.deepEqual(run('check'), { status: 0, stderr: '' });
  const { status, stderr } = run('publish');
  assert.equal(status, 2);
  assert.match(stderr, /check \| release/);
});
