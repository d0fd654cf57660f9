import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedAnswer, type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12",
  import: ["@key", "@external", "@requires", "@shareable", "@interfaceObject", "@context", "@fromContext"])
  scalar JSON`;

const LEVELS = 10_000;

/** JSON texts that overflow the stack of recursive functions such as `JSON.stringify`. */
const DEEP: readonly (readonly [name: string, text: string])[] = (
  [
    ['lists', '[', '1', ']'],
    ['objects', '{"a":', 'null', '}'],
    ['objects in lists', '[{"id":', '"1"', '}]'],
    ['lists of an object', '[', '{"__typename":"Book","id":"1","x":1,"y":2}', ']'],
    ['lists with a number that parsing changes', '[', '9007199254740993', ']'],
  ] as const
).map(([name, open, middle, close]) => [name, `${open.repeat(LEVELS)}${middle}${close.repeat(LEVELS)}`]);

const MARK = 'DEEP';

type Place = readonly (string | number)[];

/** Inserts a deep value into the first response of a subgraph to a query, or to any query. */
interface Replacement {
  readonly subgraph: string;
  readonly query?: string;
  readonly place: Place;
  readonly text: string;
}
let replacement: Replacement | undefined;
const answered: { readonly subgraph: string; readonly query: string; readonly answer: unknown }[] = [];

type Resolvers = NonNullable<GraphPart['resolvers']>;

/** Creates a subgraph that inserts the deep value into the results of its resolvers. */
function part(subgraph: string, schema: string, resolvers: Resolvers): GraphPart {
  const typeDefs = `${LINK} ${schema}`;
  const executable = buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers }]);
  return {
    schema: typeDefs,
    async answer({ query, variables }) {
      const answer = JSON.parse(
        JSON.stringify(await graphql({ schema: executable, source: query, variableValues: variables })),
      );
      answered.push({ subgraph, query, answer });
      if (replacement?.subgraph !== subgraph || (replacement.query ?? query) !== query) return answer;
      const { place, text } = replacement;
      replacement = undefined;
      const parent = place.slice(0, -1).reduce((value, key) => value[key], answer);
      parent[place.at(-1) as string] = MARK;
      return JSON.stringify(answer).replace(JSON.stringify(MARK), () => text);
    },
  };
}

const book = (id: string) => ({ __typename: 'Book', id });
const reference = { __resolveReference: (entity: object) => entity };

const PARTS: Readonly<Record<string, GraphPart>> = {
  books: part(
    'books',
    `type Query { other: String shelf: Shelf first: Book second: Book rows: [[Book]] media: [Media] things: [Thing] }
     type Shelf @key(fields: "id") { id: ID! rules: JSON copies: [[Copy]] }
     type Copy @key(fields: "id") { id: ID! }
     type Book @key(fields: "id") { id: ID! notes: JSON author: Author rows: [[Row]] @shareable }
     type Author { bio: JSON lists: [[Line]] }
     type Line { text: JSON }
     type Row @shareable { x: Int }
     interface Media @key(fields: "id") { id: ID! }
     type Tape implements Media @key(fields: "id") { id: ID! }
     type Disc implements Media @key(fields: "id") { id: ID! }
     type Coin @key(fields: "code") { code: JSON }
     union Thing = Coin | Stamp
     type Stamp { value: JSON }
     extend type Query { coins: [Coin] }`,
    {
      Query: {
        other: () => 'here',
        shelf: () => ({ id: 's', rules: { max: 1 }, copies: [[{ id: 'c1' }, { id: 'c2' }]] }),
        first: () => book('1'),
        second: () => book('2'),
        rows: () => [[book('1')], [book('2')]],
        media: () => [
          { __typename: 'Tape', id: 't' },
          { __typename: 'Disc', id: 'd' },
        ],
        things: () => [
          { __typename: 'Coin', code: { of: 'gold' } },
          { __typename: 'Stamp', value: [1] },
        ],
        coins: () => [{ code: { of: 'gold' } }, { code: 7 }],
      },
      Book: {
        ...reference,
        notes: () => ['n'],
        author: () => ({ bio: { born: 1 }, lists: [[{ text: ['t'] }]] }),
        rows: () => [[{ x: 1 }]],
      },
    },
  ),
  shops: part(
    'shops',
    `type Shelf @key(fields: "id") @context(name: "shelf") { id: ID! rules: JSON @external }
     type Book @key(fields: "id") {
       id: ID!
       notes: JSON @external
       author: Author @external
       label: String @requires(fields: "notes")
       blurb: String @requires(fields: "author { bio lists { text } }")
       offer: Offer
       rows: [[Row]] @shareable
     }
     type Copy @key(fields: "id") { id: ID! price(rules: JSON @fromContext(field: "$shelf { rules }")): String }
     type Author { bio: JSON @external lists: [[Line]] @external }
     type Line { text: JSON @external }
     type Row @shareable { y: Int }
     type Offer { more: JSON lists: [[Offer]] }
     type Media @key(fields: "id") @interfaceObject { id: ID! details: JSON offers: [[Offer]] }
     type Coin @key(fields: "code") { code: JSON worth: Int }`,
    {
      Shelf: reference,
      Media: { ...reference, details: () => ({ d: 1 }), offers: () => [[{ more: 1 }]] },
      Coin: { ...reference, worth: () => 3 },
      Copy: { ...reference, price: (_, { rules }) => `at most ${rules.max}` },
      Book: {
        ...reference,
        label: ({ notes }) => `with ${notes.length} notes`,
        blurb: ({ author }) => `born ${author.bio.born}`,
        offer: () => ({ more: { m: 1 }, lists: [[{ more: 2 }]] }),
        rows: () => [[{ y: 2 }]],
      },
    },
  ),
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph(PARTS, { NODE_ENV: 'production' });
});
after(() => graph?.stop());

type Part = ServedAnswer & { readonly incremental?: readonly ServedAnswer[]; readonly hasNext: boolean };

/** Returns the initial data and the errors of all results. */
async function inParts(query: string): Promise<ServedAnswer> {
  const response = await fetch(`${graph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' },
    body: JSON.stringify({ query }),
  });
  const lines = (await response.text()).split('\r\n').filter((line) => line.startsWith('{'));
  const parts = lines.map((line) => JSON.parse(line) as Part);
  assert.equal(parts.at(-1)?.hasNext, false);
  const errors = parts.flatMap((part) => [part, ...(part.incremental ?? [])]).flatMap((part) => part.errors ?? []);
  return { data: parts[0]?.data, ...(errors.length > 0 && { errors }) };
}

/** Returns a value and its descendants. */
function placesIn(value: unknown, place: Place = []): Place[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [place, ...below.flatMap(([key, item]) => placesIn(item, [...place, key]))];
}

const OPERATIONS: Readonly<Record<string, string>> = {
  'a root field': '{ other first { notes author { bio lists { text } } } rows { id notes } }',
  'entities, and those that two fetches share':
    '{ other first { offer { more lists { more } } } second { offer { more lists { more } } } }',
  '@requires': '{ other first { label blurb } rows { label } }',
  '@fromContext': '{ other shelf { copies { price } } }',
  '@interfaceObject': '{ other media { details offers { more } ... on Tape { id } } }',
  'keys that are JSON': '{ other coins { worth } }',
  'lists that two subgraphs add to': '{ other first { rows { x y } } rows { rows { x y } } }',
  'deferred fragments':
    '{ other first { id ... @defer { notes label offer { more lists { more } } } } rows { id ... @defer { author { bio lists { text } } } } }',
  'fields of one name': '{ other things { ... on Coin { v: code worth } ... on Stamp { v: value } } }',
};

describe('a value of 10,000 levels in a response of a subgraph makes only its own field fail', () => {
  for (const [name, query] of Object.entries(OPERATIONS)) {
    test(name, async () => {
      const request = query.includes('@defer') ? inParts : graph.query;
      answered.length = 0;
      const whole = await request(query);
      assert.equal(whole.errors, undefined, JSON.stringify(whole.errors));
      const places = answered.flatMap(({ subgraph, query, answer }) =>
        placesIn((answer as { data: unknown }).data, ['data']).map((place) => ({ subgraph, query, place })),
      );
      assert.ok(places.length > 5, `${places.length} places`);
      for (const at of places) {
        for (const [kind, text] of DEEP) {
          const what = `${kind} at ${at.place.join('.')} of ${at.query}`;
          replacement = { ...at, text };
          const { data, errors = [] } = await request(query);
          assert.equal(replacement, undefined, what);
          assert.ok(data != null, `${what}: ${JSON.stringify(errors)}`);
          // A response with inexact numbers is rejected when it is too deep to parse again.
          const isWhole = at.place.length === 1 || at.place[1] === 'other' || kind.includes('number');
          if (!isWhole || !at.query.includes('other')) assert.equal((data as { other: unknown }).other, 'here', what);
          for (const { extensions } of errors) assert.notEqual(extensions.code, 'INTERNAL_SERVER_ERROR', what);
        }
      }
    });
  }
});

test('data, errors and extensions of a response may be as deep', async () => {
  const query = '{ other first { notes label } }';
  for (const subgraph of ['books', 'shops']) {
    for (const place of [['errors'], ['extensions'], ['data']]) {
      for (const [kind, text] of DEEP) {
        replacement = { subgraph, place, text };
        const { data, errors = [] } = await graph.query(query);
        const what = `${kind} as ${place.join('.')} of ${subgraph}`;
        assert.equal(replacement, undefined, what);
        assert.ok(data != null, what);
        // As above, a response with inexact numbers is rejected.
        if (place[0] === 'extensions' && !kind.includes('number'))
          assert.deepEqual(data, { other: 'here', first: { notes: ['n'], label: 'with 1 notes' } }, what);
        if (place[0] === 'errors') assert.ok(errors.length > 0, what);
        for (const { message, extensions } of errors) {
          assert.notEqual(extensions.code, 'INTERNAL_SERVER_ERROR', what);
          assert.ok(message.length < 1_000, what);
        }
      }
    }
  }
});

describe('entities with a too deep required value are not fetched, and their fields have an error', () => {
  const cases: readonly {
    readonly name: string;
    readonly query: string;
    readonly place: Place;
    readonly data: unknown;
    readonly paths: readonly Place[];
    /** Deep values whose levels fit the schema; default all. */
    readonly isFit?: (kind: string) => boolean;
  }[] = [
    {
      name: 'a field that @requires needs',
      query: '{ rows { label } }',
      place: ['rows', 0, 0, 'notes'],
      data: { rows: [[{ label: null }], [{ label: 'with 1 notes' }]] },
      paths: [['rows', 0, 0]],
    },
    {
      name: 'a field of an object that @requires needs',
      query: '{ first { id blurb } second { blurb } }',
      place: ['first', 'author', 'bio'],
      data: { first: { id: '1', blurb: null }, second: { blurb: 'born 1' } },
      paths: [['first']],
    },
    {
      name: 'a list of lists that @requires needs',
      query: '{ rows { blurb } other }',
      place: ['rows', 1, 0, 'author', 'lists'],
      data: { rows: [[{ blurb: 'born 1' }], [{ blurb: null }]], other: 'here' },
      paths: [['rows', 1, 0]],
      isFit: (kind) => kind.startsWith('lists'),
    },
    {
      name: 'a value from above',
      query: '{ shelf { id copies { id price } } }',
      place: ['shelf', 'rules'],
      data: {
        shelf: {
          id: 's',
          copies: [
            [
              { id: 'c1', price: null },
              { id: 'c2', price: null },
            ],
          ],
        },
      },
      paths: [
        ['shelf', 'copies', 0, 0],
        ['shelf', 'copies', 0, 1],
      ],
    },
    {
      name: 'a key',
      query: '{ coins { worth } }',
      place: ['coins', 0, 'code'],
      data: { coins: [{ worth: null }, { worth: 3 }] },
      paths: [['coins', 0]],
    },
  ];
  for (const { name, query, place, data, paths, isFit = () => true } of cases) {
    test(name, async () => {
      for (const [kind, text] of DEEP.filter(([kind]) => isFit(kind) && !kind.includes('number'))) {
        replacement = { subgraph: 'books', place: ['data', ...place], text };
        const { data: actual, errors = [] } = await graph.query(query);
        assert.deepEqual(actual, data, kind);
        assert.deepEqual(
          errors.map(({ path, extensions }) => ({ path, code: extensions.code, service: extensions.serviceName })),
          paths.map((path) => ({ path, code: 'SUBGRAPH_BAD_RESPONSE', service: 'shops' })),
          kind,
        );
      }
    });
  }
});
