import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from '../../generation/schemas.ts';
import { compareValues } from '../../release/compare-values.ts';
import type { LocatedSchema } from '../../release/value-set.ts';

const FILE = 'https://marquee.example/schemas/reviews.v1.json';
const OTHER = 'https://marquee.example/schemas/definitions.v1.json';

const RELEASED: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'kind', 'tags'],
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[a-z]+$' },
    kind: { enum: ['A', 'B', null] },
    votes: { type: ['integer', 'null'], minimum: 0, maximum: 10 },
    score: { type: 'number' },
    tags: { type: 'array', maxItems: 5, uniqueItems: true, items: { $ref: 'definitions.v1.json#/$defs/Tag' } },
    link: { anyOf: [{ $ref: '#/$defs/Link' }, { type: 'null' }] },
    day: { type: 'string', format: 'date' },
    anything: { type: 'object' },
  },
  $defs: {
    Link: { type: 'object', additionalProperties: false, required: ['url'], properties: { url: { type: 'string' } } },
  },
};

const DEFINITIONS: JsonSchema = { $defs: { Tag: { type: 'string', maxLength: 128 } } };

const located = (schema: JsonSchema, definitions = DEFINITIONS): LocatedSchema => ({
  version: new Map([
    [FILE, schema],
    [OTHER, definitions],
  ]),
  file: FILE,
  schema,
});

/** Returns the released schema with keywords of one property replaced; an undefined keyword is removed. */
function withProperty(name: string, keywords: JsonSchema): JsonSchema {
  const properties = RELEASED.properties as Record<string, JsonSchema>;
  const changed = Object.entries({ ...properties[name], ...keywords }).filter(([, value]) => value !== undefined);
  return { ...RELEASED, properties: { ...properties, [name]: Object.fromEntries(changed) } };
}

function without(name: string): JsonSchema {
  const { [name]: _removed, ...properties } = RELEASED.properties as Record<string, JsonSchema>;
  return { ...RELEASED, properties, required: (RELEASED.required as string[]).filter((each) => each !== name) };
}

const breaking: [what: string, next: JsonSchema, path: string, change: RegExp, breaks: string][] = [
  ['a removed required property', without('kind'), '/kind', /the property was removed/, 'released,next'],
  ['a removed optional property', without('votes'), '/votes', /the property was removed/, 'next'],
  [
    'a new required property',
    { ...withProperty('language', { type: 'string' }), required: ['id', 'kind', 'tags', 'language'] },
    ...(['/language', /the new property is required/, 'next'] as const),
  ],
  [
    'a property that became required',
    { ...RELEASED, required: ['id', 'kind', 'tags', 'votes'] },
    '/votes',
    /became required/,
    'next',
  ],
  [
    'a property that became optional',
    { ...RELEASED, required: ['id', 'kind'] },
    '/tags',
    /became optional/,
    'released',
  ],
  ['a narrowed enum', withProperty('kind', { enum: ['A', null] }), '/kind', /"enum" lost "B"/, 'next'],
  ['a widened enum', withProperty('kind', { enum: ['A', 'B', 'C', null] }), '/kind', /"enum" gained "C"/, 'released'],
  ['an enum without null', withProperty('kind', { enum: ['A', 'B'] }), '/kind', /"enum" lost null/, 'next'],
  ['a new enum', withProperty('id', { enum: ['a'] }), '/id', /"enum" was added/, 'next'],
  [
    'another type',
    withProperty('day', { type: 'integer' }),
    '/day',
    /"type" lost string and gained integer/,
    'released,next',
  ],
  ['a wider type', withProperty('day', { type: ['string', 'null'] }), '/day', /"type" gained null/, 'released'],
  ['a narrower type', withProperty('votes', { type: 'integer' }), '/votes', /"type" lost null/, 'next'],
  ['an integer for a number', withProperty('score', { type: 'integer' }), '/score', /"type" lost number/, 'next'],
  ['a lower maxLength', withProperty('id', { maxLength: 63 }), '/id', /"maxLength" was 64 and is 63/, 'next'],
  ['a higher maxLength', withProperty('id', { maxLength: 65 }), '/id', /"maxLength" was 64 and is 65/, 'released'],
  ['no maxLength', withProperty('id', { maxLength: undefined }), '/id', /"maxLength" was 64 and is absent/, 'released'],
  ['a new minLength', withProperty('day', { minLength: 1 }), '/day', /"minLength" was absent and is 1/, 'next'],
  ['a lower minLength', withProperty('id', { minLength: 0 }), '/id', /"minLength" was 1 and is 0/, 'released'],
  ['a higher minimum', withProperty('votes', { minimum: 1 }), '/votes', /"minimum" was 0 and is 1/, 'next'],
  ['a lower maximum', withProperty('votes', { maximum: 9 }), '/votes', /"maximum" was 10 and is 9/, 'next'],
  ['fewer items', withProperty('tags', { maxItems: 4 }), '/tags', /"maxItems" was 5 and is 4/, 'next'],
  [
    'items that may repeat',
    withProperty('tags', { uniqueItems: undefined }),
    '/tags',
    /"uniqueItems" was true/,
    'released',
  ],
  ['any items', withProperty('tags', { items: undefined }), '/tags', /"items" was removed/, 'released'],
  ['another pattern', withProperty('id', { pattern: '^[a-z]*$' }), '/id', /"pattern" was /, 'released,next'],
  ['no pattern', withProperty('id', { pattern: undefined }), '/id', /"pattern" was .* is absent/, 'released'],
  ['another format', withProperty('day', { format: 'date-time' }), '/day', /"format" was "date"/, 'released,next'],
  [
    'an open object',
    { ...RELEASED, additionalProperties: true },
    '',
    /"additionalProperties" was false and is true/,
    'released,next',
  ],
  [
    'a closed object',
    withProperty('anything', { additionalProperties: false }),
    '/anything',
    /is false/,
    'released,next',
  ],
  [
    'a property of an open object',
    withProperty('anything', { properties: { id: { type: 'string' } } }),
    ...(['/anything/id', /added to an open object/, 'next'] as const),
  ],
];

for (const [what, next, path, change, breaks] of breaking) {
  test(`${what} is a breaking change`, () => {
    const [found, ...others] = compareValues(located(RELEASED), located(next));
    assert.deepEqual([found?.path, found?.breaks.join(), others.length], [path, breaks, 0], JSON.stringify(others));
    assert.match(found?.change ?? '', change);
  });
}

test('a change behind a reference is found, in this file and in the shared one', () => {
  const link = { ...RELEASED, $defs: { Link: { ...RELEASED.$defs?.Link, required: [] } } };
  assert.deepEqual(compareValues(located(RELEASED), located(link)), [
    { path: '/link/url', change: 'the property became optional', breaks: ['released'] },
  ]);
  const definitions = { $defs: { Tag: { type: 'string', maxLength: 100 } } };
  assert.deepEqual(compareValues(located(RELEASED), located(RELEASED, definitions)), [
    { path: '/tags/[]', change: '"maxLength" was 128 and is 100', breaks: ['next'] },
  ]);
});

test('a wider type does not hide a narrower bound', () => {
  const changes = compareValues(
    located(RELEASED),
    located(withProperty('id', { type: ['string', 'null'], maxLength: 9 })),
  );
  assert.deepEqual(
    changes.map(({ breaks }) => breaks),
    [['released'], ['next']],
  );
});

const allowed: [what: string, next: JsonSchema][] = [
  ['the same schema', RELEASED],
  ['a new optional property', withProperty('language', { type: 'string', enum: ['en'] })],
  ['another description', { ...withProperty('id', { description: 'Id.' }), title: 'Review' }],
  ['another order of values', withProperty('kind', { enum: [null, 'B', 'A'] })],
  ['a definition in the place of a reference', withProperty('tags', { items: { type: 'string', maxLength: 128 } })],
  [
    'a type for "anyOf" with null',
    withProperty('votes', {
      type: undefined,
      minimum: undefined,
      maximum: undefined,
      anyOf: [{ type: 'null' }, { type: 'integer', minimum: 0, maximum: 10 }],
    }),
  ],
  ['uniqueItems that is false, as by default', withProperty('language', { type: 'array', uniqueItems: false })],
];

for (const [what, next] of allowed) {
  test(`${what} is allowed`, () => assert.deepEqual(compareValues(located(RELEASED), located(next)), []));
}

const unsupported: [what: string, next: JsonSchema, message: RegExp][] = [
  ['an unknown keyword', withProperty('id', { const: 'a' }), /reviews\.v1\.json: the keyword "const"/],
  ['an unknown keyword of a new property', withProperty('more', { type: 'integer', multipleOf: 2 }), /"multipleOf"/],
  ['a constraint beside a reference', withProperty('link', { maxLength: 1 }), /"maxLength" beside "anyOf"/],
  ['alternatives', withProperty('link', { anyOf: [{ type: 'string' }, { type: 'integer' }] }), /more than one schema/],
  ['a reference to nowhere', withProperty('more', { $ref: '#/$defs/None' }), /the reference "#\/\$defs\/None"/],
  ['any value', withProperty('more', { description: 'Anything.' }), /without "type" and "enum"/],
  [
    'a recursive schema',
    {
      ...RELEASED,
      $defs: {
        Link: { ...RELEASED.$defs?.Link, properties: { url: { type: 'string' }, next: { $ref: '#/$defs/Link' } } },
      },
    },
    /deeper than 32 levels/,
  ],
];

for (const [what, next, message] of unsupported) {
  test(`${what} is an error, and not compatible by ignorance`, () => {
    assert.throws(() => compareValues(located(RELEASED), located(next)), message);
  });
}
