import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { contentOf } from '../../src/domain/movie-content.ts';
import { MEDIA_FIELDS } from '../../src/domain/movie-media.ts';
import { enumValueOf, movieFieldOf } from '../../src/graphql/inputs.ts';
import { THE_MATRIX } from '../fixtures/movies.ts';

it('the schema has a value of the enum, and a field of both inputs, for each field that can be written', async () => {
  const schema = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  const namesOf = (type: string) => {
    const body = new RegExp(`^(?:enum|input) ${type} \\{\\n(.*?)^\\}`, 'ms').exec(schema)?.[1] ?? '';
    return [...body.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name as string).toSorted();
  };
  const content = contentOf({ ...THE_MATRIX, id: '603', observedAt: new Date(0) });
  const fields = [...Object.keys(content), ...MEDIA_FIELDS].toSorted();
  assert.deepEqual(namesOf('MovieField').map(movieFieldOf).toSorted(), fields);
  assert.deepEqual(namesOf('MovieField').map(movieFieldOf).map(enumValueOf), namesOf('MovieField'));
  for (const input of ['CreateMovieInput', 'UpdateMovieInput']) assert.deepEqual(namesOf(input), fields);
});
