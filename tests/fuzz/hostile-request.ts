import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { HOSTILE_REQUESTS } from '@marquee/testing/hostile-requests';
import type { Arbitrary } from 'fast-check';
import { type GraphQLField, type GraphQLSchema, getNamedType, isLeafType, isRequiredArgument } from 'graphql';
import { chosen, type Random } from './random.ts';

/** Bytes of a request at most. */
const MAX_BYTES = 256_000;

/** A request of hostile size or shape, as it goes over the wire. */
export interface HostileRequest {
  /** Its kind. */
  readonly name: string;
  readonly method: string;
  /** Path and query of the URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

/** Texts that are expensive to match, fold, quote or parse when repeated. */
const UNITS = [
  'a',
  '_',
  '%',
  '"',
  '\\',
  '\u0000',
  '\u0301',
  '💥',
  'ß',
  '\ud800',
  'Did you mean ',
  '?',
  '!',
  '(',
  '[',
  '{',
  '1',
  '-',
  '.',
  ',',
  ' ',
  '\n',
  '#',
  '*',
  '&',
  '|',
  ':',
  '@a',
  '...',
  '$',
  '\u00a0',
  'İ',
  'ﷺ',
  'é',
  '́́',
  '9',
  '/',
  '=',
  ';q=0.1,',
  "'",
  'select ',
  '..%2f',
];

const SIZES = [1, 30, 500, 2_000, 20_000, 120_000];

type Make = (schema: GraphQLSchema, random: Random) => Partial<HostileRequest> & { readonly name: string };

const post = (query: string, variables: string = '{}') => `{"query":${JSON.stringify(query)},"variables":${variables}}`;

/** Creators of hostile requests by kind. */
const KINDS: readonly Make[] = [
  (_schema, random) => {
    const { name, body } = random.pick(HOSTILE_REQUESTS);
    return { name, body };
  },
  (schema, random) => {
    const field = rootField(schema, random);
    const argument = random.pick(field.args);
    const type = String(argument.type);
    const others = requiredArguments(field, argument.name);
    const query = `query ($v: ${type}) { ${field.name}(${argument.name}: $v${others}) ${selection(field)} }`;
    return { name: `variable of ${field.name}.${argument.name}`, body: post(query, `{"v":${hostileJson(random)}}`) };
  },
  (schema, random) => {
    const field = rootField(schema, random);
    const argument = random.pick(field.args);
    const others = requiredArguments(field, argument.name);
    const query = `{ ${field.name}(${argument.name}: ${hostileLiteral(random)}${others}) ${selection(field)} }`;
    return { name: `literal of ${field.name}.${argument.name}`, body: post(query) };
  },
  (schema, random) => {
    const connections = fields(schema).filter(({ args }) => args.some(({ name }) => name === 'after'));
    const field = random.pick(connections);
    const others = requiredArguments(field, 'after');
    const query = `query ($after: String) { ${field.name}(first: 1, after: $after${others}) ${selection(field)} }`;
    const variables = JSON.stringify({ after: hostileCursor(random) });
    return { name: `cursor of ${field.name}`, body: post(query, variables) };
  },
  (_schema, random) => {
    const name = `${random.pick(['a', '_', 'Z'])}${repeated(random, random.pick(['a', '_', '9', 'Zz', '__1']))}`;
    const query = random.pick([
      `query ${name} { __typename }`,
      `{ ${name}: movie(id: "603") { title } }`,
      `{ ${name} }`,
      `query ($${name}: Int) { __typename }`,
      `{ ...${name} } fragment ${name} on Query { __typename }`,
      `{ __typename @${name} }`,
      `query ($v: ${name}) { __typename }`,
      `{ movie(${name}: 1) { title } }`,
    ]);
    return { name: 'a name', body: JSON.stringify({ query, operationName: random.pick([name, null]) }) };
  },
  (_schema, random) => {
    const parts = random.pick([
      (index: number) => `a${index}: movie(id: "${index}") { title }`,
      (index: number) => `a${index}: searchMovies(query: "a${index}", first: 1) { totalCount }`,
      (index: number) => `... { a${index}: __typename }`,
      (index: number) => `a${index}: __typename @skip(if: false) @include(if: true)`,
      (index: number) => `... @defer(label: "l${index}") { a${index}: movies(first: 1) { totalCount } }`,
      (index: number) => `a${index}: __schema { types { fields { name type { name } } } }`,
    ]);
    const count = random.pick([5, 28, 200, 2_000]);
    const query = `{ ${Array.from({ length: count }, (_, index) => parts(index)).join(' ')} }`;
    return { name: 'many selections', body: post(query) };
  },
  (_schema, random) => {
    const count = random.pick([3, 30, 300]);
    const fragments = Array.from(
      { length: count },
      (_, index) =>
        `fragment F${index} on Query { ${index + 1 < count ? `...F${index + 1} a: __typename ...F${index + 1}` : '__typename'} }`,
    );
    return { name: 'fragments that double', body: post(`{ ...F0 } ${fragments.join(' ')}`) };
  },
  (_schema, random) => {
    const open = random.pick(['[', '{"a":', '[{"a":']);
    const close = [...open]
      .reverse()
      .map((it) => ({ '[': ']', '{': '}' })[it] ?? '')
      .join('');
    const depth = random.pick([100, 2_000, 20_000]);
    // A body with an inexact number is parsed again.
    const deep = `${open.repeat(depth)}${random.pick(['1', '9007199254740993', '1.10', '1e400'])}${close.repeat(depth)}`;
    const place = random.pick(['variables', 'extensions', 'operationName', 'other', 'query']);
    const query = 'query ($v: Boolean = false) { __typename @skip(if: $v) }';
    return { name: `deep ${place}`, body: `{"query":"${query}","variables":{},"${place}":${deep}}` };
  },
  (_schema, random) => {
    const text = [...repeated(random, random.pick(UNITS)).slice(0, 12_000)]
      .filter((it) => /[\x20-\x7e]/.test(it))
      .join('');
    const header = random.pick([
      'accept',
      'accept-encoding',
      'content-type',
      'authorization',
      'traceparent',
      'tracestate',
      'baggage',
      'x-forwarded-for',
      'apollographql-client-name',
      'apollographql-client-version',
      'x-apollo-operation-name',
      'cookie',
      'origin',
      'te',
      'if-none-match',
      'access-control-request-headers',
      'content-encoding',
      'forwarded',
      'x-request-id',
      'idempotency-key',
    ]);
    const prefix = random.pick(['', 'Bearer ', 'Bearer eyJhbGciOiJSUzI1NiJ9.', 'application/json;', 'gzip;', '00-']);
    return { name: `header ${header}`, headers: { [header]: `${prefix}${text}` }, body: post('{ __typename }') };
  },
  (_schema, random) => {
    const bytes = random.pick([100_000, 10_000_000, 60_000_000]);
    const body = gzipSync(Buffer.alloc(bytes, random.pick([' ', '[', '1'])));
    return { name: 'a compressed body that grows', headers: { 'content-encoding': 'gzip' }, body };
  },
  (_schema, random) => {
    const parameters = [
      `query=${encodeURIComponent(random.pick(['{__typename}', '{movie(id:"603"){title}}', repeated(random, '{a')]).slice(0, 4_000))}`,
      `variables=${encodeURIComponent(hostileJson(random).slice(0, 2_000))}`,
      `extensions=${encodeURIComponent(hostileJson(random).slice(0, 2_000))}`,
    ];
    const path = `?${random.some(parameters, 3).join('&')}`;
    return { name: 'a query in the URL', method: 'GET', path, headers: { 'apollo-require-preflight': '1' }, body: '' };
  },
  (_schema, random) => ({ name: 'a body of one text', body: repeated(random, random.pick(UNITS)) }),
  (_schema, random) => {
    const query = `{ __typename } #${repeated(random, random.pick(UNITS))}`;
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    return { name: 'a registered persisted query', body: JSON.stringify({ query, extensions }) };
  },
];

/** Returns an arbitrary of hostile requests of at most {@link MAX_BYTES}. A request shrinks to smaller sizes and simpler texts. */
export function hostileRequests(schema: GraphQLSchema): Arbitrary<HostileRequest> {
  return chosen((random) => hostileRequest(schema, random));
}

function hostileRequest(schema: GraphQLSchema, random: Random): HostileRequest {
  const { name, method = 'POST', path = '', headers = {}, body = '' } = random.pick(KINDS)(schema, random);
  const short = typeof body === 'string' ? Buffer.from(body).subarray(0, MAX_BYTES) : body;
  return {
    name,
    method,
    path: `/graphql${path}`,
    headers: { 'content-type': 'application/json', ...headers },
    body: short,
  };
}

function repeated(random: Random, unit: string): string {
  return unit.repeat(Math.max(1, Math.floor(random.pick(SIZES) / unit.length)));
}

/** Returns JSON text of an odd value, some of which JSON.stringify cannot write. */
function hostileJson(random: Random): string {
  const text = () => JSON.stringify(repeated(random, random.pick(UNITS)));
  const list = (item: string) =>
    `[${Array(random.pick([10, 1_000, 20_000]))
      .fill(item)
      .join()}]`;
  return random.pick([
    text,
    () => list(random.pick(['{}', 'null', '[]', '1', '"a"'])),
    () => `{${Array.from({ length: random.pick([10, 5_000]) }, (_, index) => `"f${index}":1`).join()}}`,
    () => '['.repeat(3_000) + ']'.repeat(3_000),
    () =>
      random.pick([
        '1e400',
        '-1e999',
        '9007199254740993',
        '1'.repeat(5_000),
        '0.1e-5000',
        '"\\u0000"',
        '{"__proto__":1}',
      ]),
    () => JSON.stringify({ [repeated(random, random.pick(UNITS))]: 1 }),
  ])();
}

/** Returns the text of an odd literal. */
function hostileLiteral(random: Random): string {
  const depth = random.pick([5, 26, 60, 400]);
  const count = random.pick([10, 300, 2_000]);
  return random.pick([
    () => `${'['.repeat(depth)}1${']'.repeat(depth)}`,
    () => `${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`,
    () => `[${'1 '.repeat(count)}]`,
    () => `{${Array.from({ length: count }, (_, index) => `f${index}: 1`).join(' ')}}`,
    () => JSON.stringify(repeated(random, random.pick(UNITS))),
    () => `"""${repeated(random, random.pick(['a', ' ', '\n', '\\', '💥']))}"""`,
    () => '1'.repeat(random.pick([20, 400, 20_000])),
    () => `1e${random.pick(['400', '-400', '99999999'])}`,
  ])();
}

/** Returns a cursor in the API's format with other values. */
function hostileCursor(random: Random): string {
  const values = [
    '99999999999999999999',
    '-1',
    '2147483648',
    '9223372036854775808',
    '1e999',
    '0.5',
    'null',
    'true',
    '{}',
    '[]',
    '""',
    '"0000-01-01"',
    '"2024-02-30"',
    '"-0001-01-01"',
    '"\\u0000"',
    '"NaN"',
    '"infinity"',
    JSON.stringify(repeated(random, random.pick(UNITS))),
  ];
  const order = random.pick([
    'MOVIES_POPULARITY_DESC',
    'MOVIES_RELEASE_DATE_DESC',
    'top-rated',
    'search',
    'MOVIE_SEARCH',
    'KEYWORDS_BY_NAME',
    '',
  ]);
  const parts = Array.from({ length: 1 + random.below(4) }, () => random.pick(values));
  const text = `[${[JSON.stringify(order), ...parts].join()}]`;
  return random.chance(0.8) ? Buffer.from(text).toString('base64url') : repeated(random, random.pick(UNITS));
}

type Field = GraphQLField<unknown, unknown>;

function fields(schema: GraphQLSchema): Field[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ args }) => args.length > 0);
}

function rootField(schema: GraphQLSchema, random: Random): Field {
  return random.pick(fields(schema));
}

function requiredArguments({ args }: Field, except: string): string {
  const literals: Readonly<Record<string, string>> = { 'ID!': '"603"', '[ID!]!': '["603"]', 'String!': '"matrix"' };
  const others = args.filter((argument) => argument.name !== except && isRequiredArgument(argument));
  return others.map(({ name, type }) => `, ${name}: ${literals[String(type)] ?? '1'}`).join('');
}

function selection({ type }: Field): string {
  return isLeafType(getNamedType(type)) ? '' : '{ __typename }';
}
