/** A request of at most 256 KB that must be cheap to refuse or execute. */
export interface HostileRequest {
  readonly name: string;
  /** JSON text. */
  readonly body: string;
}

/** Maximum size of a request at the gateway, in UTF-8 bytes. */
const MAX_BODY = 260_000;

/** Repeats a text until it fills a request. */
const filled = (text: string, bytes = MAX_BODY - 2_000) => text.repeat(Math.floor(bytes / Buffer.byteLength(text)));

const list = (item: string) => `[${filled(`${item},`).slice(0, -1)}]`;

const request = (name: string, query: string, variables = '{}', rest = ''): HostileRequest => ({
  name,
  body: `{"query":${JSON.stringify(query)},"variables":${variables}${rest}}`,
});

const BY_ID = 'query ($id: ID!) { movie(id: $id) { title } }';
const BY_FILTER = 'query ($filter: MovieFilter) { movies(filter: $filter) { totalCount } }';
const CREATE =
  'mutation ($input: CreateMovieInput!) { createMovie(input: $input) { ... on ValidationError { message } } }';

/** Variables whose values error messages quote. */
const QUOTED: readonly HostileRequest[] = [
  'Did you mean ',
  ' Did you mean \\"',
  '?',
  '\\"',
  '\\n',
  'Did you mean ?',
  'é',
  '\\ud83d',
  '__1',
].map((text) =>
  request(
    `a number of repeated ${text}`,
    'query ($first: Int) { movies(first: $first) { totalCount } }',
    `{"first":"${filled(text)}"}`,
  ),
);

/** Documents whose error messages suggest names of the schema, for thousands of similar names. */
const NEARLY_NAMES: readonly HostileRequest[] = [
  ['title', 'titlex'],
  ['id', 'idx'],
  ['movies', 'xmovies'],
].map(([name, near = '']) => {
  const variables = ['a', 'b', 'c', 'd', 'e'];
  const fields = variables.map((each) => `${each}: movies(first: $${each}) { totalCount }`);
  const query = `query (${variables.map((each) => `$${each}: Int`).join()}) { ${fields.join(' ')} }`;
  const value = `.${name}`.repeat(330);
  const values = Object.fromEntries(variables.map((each) => [each, value]));
  return request(`messages with ${name} beside ${near}`, `#${filled(near, 240_000)}\n${query}`, JSON.stringify(values));
});

/** Variables with thousands of mistakes. */
const MANY_MISTAKES: readonly HostileRequest[] = [
  request('empty releases', CREATE, `{"input":{"title":"x","releases":${list('{}')}}}`),
  request('null releases', CREATE, `{"input":{"title":"x","releases":${list('null')}}}`),
  request('genres that are lists', CREATE, `{"input":{"title":"x","genres":${list('[]')}}}`),
  request(
    'fields that no input has',
    CREATE,
    `{"input":{${Array.from({ length: 18_000 }, (_, index) => `"field${index}":1`).join()}}}`,
  ),
  request('ids that are objects', 'query ($ids: [ID!]!) { moviesByIds(ids: $ids) { title } }', `{"ids":${list('{}')}}`),
  request(
    'a filter of unknown fields',
    BY_FILTER,
    `{"filter":{${Array.from({ length: 18_000 }, (_, index) => `"f${index}":1`).join()}}}`,
  ),
];

/** Documents with hundreds of mistakes, or with an expensive validation. */
const MANY_REFUSALS: readonly HostileRequest[] = [
  request('fields that no type has', `{ ${Array.from({ length: 900 }, (_, index) => `field${index}`).join(' ')} }`),
  request(
    'unknown arguments',
    `{ movie(${Array.from({ length: 600 }, (_, index) => `a${index}: 1`).join(' ')}) { title } }`,
  ),
  request(
    'variables of no type',
    `query (${Array.from({ length: 400 }, (_, index) => `$v${index}: No${index}`).join(' ')}) { __typename }`,
  ),
  request('one field repeated', `{ ${'movie(id: "1") { id title } '.repeat(150)} }`),
  request('one field repeated in fragments', `{ ${'... { movie(id: "1") { id title } } '.repeat(130)} }`),
  request('one leaf repeated', `{ movie(id: "1") { ${'title '.repeat(1_900)} } }`),
  request('a field of a long name', `{ ${'a'.repeat(MAX_BODY - 2_000)} }`),
  request('a string that is no document', `{ movie(id: "${'Document contains more that 1 tokens '.repeat(6_000)}") "`),
];

/** Names that are too long for labels. */
const LONG_NAMES: readonly HostileRequest[] = ['a', '_', 'Z9', '__1'].map((text) =>
  request(`an operation called ${text} often`, `query Q${filled(text, 250_000)} { __typename }`),
);

const nested = (open: string, levels: number, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`;

/** JSON that is too deep for recursion. */
const DEEP: readonly HostileRequest[] = [
  request('a deep list as a number', BY_ID, `{"id":${nested('[', 2_000, ']')}}`),
  request('a deeper list as a number', BY_ID, `{"id":${nested('[', 100_000, ']')}}`),
  request('a deep object as a filter', BY_FILTER, `{"filter":${nested('{"a":', 2_000, '}')}}`),
  request('deep lists in a filter', BY_FILTER, `{"filter":{"releasedFrom":${nested('[', 20_000, ']')}}}`),
  request('a deep value that no variable has', '{ __typename }', `{"nothing":${nested('[{"a":', 15_000, '}]')}}`),
  request('deep extensions', '{ __typename }', '{}', `,"extensions":${nested('{"a":', 20_000, '}')}`),
  ...['[', '{"a":', '[[{"a":'].map((open) =>
    request(
      `a body with a number that parsing changes, and with ${open} often in no parameter`,
      BY_ID,
      '{"id":9007199254740993}',
      `,"nothing":${nested(open, 20_000, open === '[' ? ']' : open === '{"a":' ? '}' : '}]]')}`,
    ),
  ),
];

/** Requests of hostile size and shape for the supergraph of this repository. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...QUOTED,
  ...NEARLY_NAMES,
  ...MANY_MISTAKES,
  ...MANY_REFUSALS,
  ...LONG_NAMES,
  ...DEEP,
];
