import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { getIntrospectionQuery, type OperationDefinitionNode, parse, print } from 'graphql';
import { EXAMPLE_QUERIES } from '../../src/http/example-queries.ts';
import { type GatewayProcess, startGateway } from '../fixtures/gateway-process.ts';

const root = new URL('../../../', import.meta.url);
const supergraph = fileURLToPath(new URL('supergraph.graphql', root));

/** Addresses without a listener: requests within the limits end with SUBGRAPH_UNAVAILABLE. */
const NOBODY = ['movies', 'people', 'ratings'].map((name) => `${name}=http://127.0.0.1:9/graphql`).join(',');

type Answer = { errors?: { message: string; extensions: Record<string, unknown> }[] };

async function send(gateway: GatewayProcess, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const codesOf = ({ errors = [] }: Answer) => [...new Set(errors.map(({ extensions }) => extensions.code))];
const deep = (levels: number) =>
  `{ movie(id: "1") { ${'directors { filmography(first: 1) { edges { node { movie { '.repeat(levels)} id ${'} } } } }'.repeat(levels)} } }`;
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');

describe('with the default limits', () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGateway(supergraph, { SUBGRAPH_URLS: NOBODY });
  });
  after(() => gateway?.stop());

  const files = ['tests/end-to-end/operations.graphql', 'tests/tmdb/whole-movie.graphql'];
  const held = [...files.map((file) => readFileSync(new URL(file, root), 'utf8')), ...EXAMPLE_QUERIES]
    .flatMap((text) => parse(text).definitions as OperationDefinitionNode[])
    .map((operation) => [operation.name?.value, print(operation)] as const);

  for (const [name, query] of held) {
    test(`a client's operation passes: ${name}`, async () => {
      assert.deepEqual(codesOf(await send(gateway, query, { id: '603', text: 'matrix' })), ['SUBGRAPH_UNAVAILABLE']);
    });
  }

  test("tools' introspection passes", async () => {
    const everything = {
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    };
    assert.deepEqual(codesOf(await send(gateway, getIntrospectionQuery(everything))), []);
  });

  const refused: [string, string, string][] = [
    ['more tokens', `{ ${'id '.repeat(2_000)} }`, 'TOKEN_LIMIT_EXCEEDED'],
    ['more levels', deep(3), 'DEPTH_LIMIT_EXCEEDED'],
    [
      'more levels by fragments',
      `{ movie(id: "1") { ...A } }
      fragment A on Movie { directors { filmography { edges { node { movie { ...B } } } } } }
      fragment B on Movie { directors { filmography { edges { node { movie { ...C } } } } } }
      fragment C on Movie { directors { filmography { edges { node { movie { id } } } } } }`,
      'DEPTH_LIMIT_EXCEEDED',
    ],
    ['more aliases', `{ ${repeat(31, (i) => `a${i}: __typename`)} }`, 'ALIAS_LIMIT_EXCEEDED'],
    [
      'more aliases by fragments',
      `{ ...A ...B } ${['A', 'B'].map((name) => `fragment ${name} on Query { ${repeat(16, (i) => `${name}${i}: __typename`)} }`).join(' ')}`,
      'ALIAS_LIMIT_EXCEEDED',
    ],
    ['more directives', `{ ${repeat(31, () => `... @include(if: true) { __typename }`)} }`, 'DIRECTIVE_LIMIT_EXCEEDED'],
    ['a field again and again', `{ ${'__typename '.repeat(6)} }`, 'REPEATED_FIELD_LIMIT_EXCEEDED'],
    [
      'fragments that double one another',
      `{ movie(id: "1") { ...F0 } } ${repeat(12, (i) => `fragment F${i} on Movie { ...F${i + 1} ... { ...F${i + 1} } }`)} fragment F12 on Movie { id }`,
      'MAX_RECURSIVE_SELECTIONS_EXCEEDED',
    ],
    [
      'pages of pages',
      '{ movies(first: 100) { edges { node { cast(first: 100) { edges { node { person { id } } } } } } } }',
      'COST_LIMIT_EXCEEDED',
    ],
  ];
  for (const [what, query, code] of refused) {
    test(`${what} are rejected: ${code}`, async () => {
      assert.deepEqual(codesOf(await send(gateway, query)), [code]);
    });
  }

  test('variables set page sizes too, and the error has cost and limit', async () => {
    const query = `query ($size: Int) {
      movies(first: $size) { edges { node { cast(first: $size) { edges { node { person { id } } } } } } }
    }`;
    assert.deepEqual(codesOf(await send(gateway, query, { size: 10 })), ['SUBGRAPH_UNAVAILABLE']);
    const { errors } = await send(gateway, query, { size: 100 });
    assert.equal(errors?.[0]?.extensions.code, 'COST_LIMIT_EXCEEDED');
    assert.equal(errors?.[0]?.extensions.limit, 25_000);
    assert.ok(Number(errors?.[0]?.extensions.cost) > 30_000);
  });

  test('a rejected operation reaches no subgraph', async () => {
    const sent = () => gateway.metric('marquee_subgraph_requests_total{subgraph="movies"');
    const before = await sent();
    for (const [, query] of refused) await send(gateway, query);
    assert.equal(await sent(), before);
  });

  test('validation errors are limited in number', async () => {
    const { errors = [] } = await send(gateway, `{ ${repeat(60, (i) => `nothing${i}`)} }`);
    assert.equal(errors.length, 6);
    assert.match(errors[5]?.message ?? '', /Too many validation errors/);
  });
});

test('the environment changes each limit', async (t) => {
  const limits: [string, string, string, string][] = [
    ['MAX_TOKENS', '3', '{ a: __typename }', 'TOKEN_LIMIT_EXCEEDED'],
    ['MAX_DEPTH', '1', '{ movie(id: "1") { id } }', 'DEPTH_LIMIT_EXCEEDED'],
    ['MAX_ALIASES', '1', '{ a: __typename b: __typename }', 'ALIAS_LIMIT_EXCEEDED'],
    [
      'MAX_DIRECTIVES',
      '1',
      '{ a: __typename @include(if: true) b: __typename @skip(if: true) }',
      'DIRECTIVE_LIMIT_EXCEEDED',
    ],
    ['MAX_REPEATS', '1', '{ __typename __typename }', 'REPEATED_FIELD_LIMIT_EXCEEDED'],
    ['MAX_SELECTIONS', '1', '{ a: __typename b: __typename }', 'MAX_RECURSIVE_SELECTIONS_EXCEEDED'],
    ['MAX_COST', '1', '{ movie(id: "1") { rating { voteCount } } }', 'COST_LIMIT_EXCEEDED'],
    // By the subgraph's @cost, a search costs 10 pages.
    ['MAX_COST', '9', '{ searchMovies(query: "matrix", first: 0) { totalCount } }', 'COST_LIMIT_EXCEEDED'],
    ['MAX_BODY_BYTES', '30', '{ a: __typename }', 'BODY_TOO_LARGE'],
  ];
  for (const [variable, value, query, code] of limits) {
    const gateway = await startGateway(supergraph, { SUBGRAPH_URLS: NOBODY, [variable]: value });
    t.after(() => gateway.stop());
    assert.deepEqual(codesOf(await send(gateway, query)), [code], variable);
    await gateway.stop();
  }
});
