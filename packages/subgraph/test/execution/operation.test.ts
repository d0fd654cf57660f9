import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '@marquee/testing/random';
import {
  buildSchema,
  execute,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
  isUnionType,
  parse,
  print,
  validate,
} from 'graphql';
import { operationOf } from '../../src/execution/operation.ts';

const schema = buildSchema(`
  type Query { movie: Movie movies: [Movie!] maybe: [Movie] found: [Found] sum(of: [Int!]!, plus: Int = 1): Int echo(text: String!): String! number: Int }
  type Movie { id: ID! title: String! year: Int next: Movie! same: Movie cast(first: Int = 2): [Person!]! tags: [[String!]] }
  type Person implements Named { name: String! movie: Movie! }
  interface Named { name: String! }
  union Found = Movie | Person
  type Mutation { add(by: Int!): Int! total: Int breaks: Int! }
`);

/** A value for each field, which depends on where it stands alone: some are null, some fail, and some of all come late. */
type Fate = (path: string) => keyof typeof PROMPT;

const PROMPT = {
  value: 'value',
  null: 'null',
  error: 'error',
  late: 'value',
  'late null': 'null',
  'late error': 'error',
} as const;

const movie = (id: string) => ({
  __typename: 'Movie',
  id,
  title: `Movie ${id}`,
  year: () => 1979,
  tags: [['a', 'b'], null, new Set(['c'])],
});
const person = (name: string) => ({ __typename: 'Person', name });
const VALUES: Record<string, (args: Record<string, unknown>) => unknown> = {
  movie: () => movie('1'),
  movies: () => [movie('1'), movie('2')],
  maybe: () => [movie('1'), null, movie('3')],
  found: () => [movie('1'), person('Sigourney Weaver')],
  next: () => movie('2'),
  same: () => movie('1'),
  sum: ({ of, plus }) => (of as number[]).reduce((sum, each) => sum + each, plus as number),
  echo: ({ text }) => text,
  number: () => 'seven',
  cast: ({ first }) => [person('John Hurt'), person('Ian Holm')].slice(0, first as number),
};

let fate: Fate = () => 'value';
for (const name of ['Query', 'Movie', 'Person']) {
  for (const field of Object.values((schema.getType(name) as GraphQLObjectType).getFields())) {
    const value = VALUES[field.name];
    if (value === undefined && field.name !== 'title' && field.name !== 'name') continue;
    field.resolve = (source, args, _context, info) => {
      let path = '';
      for (let at: typeof info.path | undefined = info.path; at; at = at.prev) path = `${at.key}.${path}`;
      const found = () => (value ? value(args) : (source as Record<string, unknown>)[field.name]);
      switch (fate(path)) {
        case 'value':
          return found();
        case 'null':
          return null;
        case 'error':
          throw new Error(`no ${path}`);
        case 'late':
          return setImmediate().then(found);
        case 'late null':
          return setImmediate(null);
        case 'late error':
          return setImmediate().then(() => Promise.reject(new Error(`no ${path}`)));
      }
    };
  }
}

async function both(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  assert.deepEqual(validate(schema, document), [], query);
  const operation = operationOf(schema, document, undefined);
  assert.ok(operation);
  const { coerced, errors } = operation.variablesOf(variables);
  assert.equal(errors, undefined);
  const chosen = fate;
  // Nothing is late for graphql-js, which leaves rejections behind that nobody waits for when a sibling has failed before them.
  fate = (path) => PROMPT[chosen(path)];
  const theirs = await execute({ schema, document, variableValues: variables });
  fate = chosen;
  const ours = await operation.run({}, coerced ?? {});
  return { theirs: JSON.parse(JSON.stringify(theirs)), ours: JSON.parse(JSON.stringify(ours)) };
}

/** A random selection of a type: aliases, fragments, and conditions on a variable. */
function selectionOf(random: () => number, type: GraphQLObjectType, depth: number): string {
  const parts: string[] = [];
  const names = type.name === 'Query' ? ['movie', 'movies', 'maybe', 'found'] : Object.keys(type.getFields());
  for (const name of names) {
    if (random() < 0.4) continue;
    const inner = getNamedType(type.getFields()[name]?.type);
    const condition = random() < 0.2 ? (random() < 0.5 ? ' @skip(if: $yes)' : ' @include(if: $no)') : '';
    const alias = random() < 0.2 ? `other${Math.floor(random() * 3)}_${name}: ` : '';
    if (isObjectType(inner)) {
      if (depth === 0) continue;
      parts.push(`${alias}${name}${condition} { __typename ${selectionOf(random, inner, depth - 1)} }`);
    } else if (isUnionType(inner)) {
      const [movie, person] = inner.getTypes() as [GraphQLObjectType, GraphQLObjectType];
      parts.push(
        `${alias}${name} { ... on Movie { id ${selectionOf(random, movie, depth - 1)} } ... on Named { name } ... on Person { who: name ${selectionOf(random, person, 0)} } }`,
      );
    } else {
      parts.push(`${alias}${name}${condition}`);
    }
  }
  return parts.join(' ');
}

describe('an operation', () => {
  it('gives the data that graphql-js gives, whatever is null, fails or comes late', async () => {
    const random = randomFrom(11);
    let failed = 0;
    for (let round = 0; round < 400; round++) {
      const seed = Math.floor(random() * 2 ** 31);
      fate = (path) => {
        const at = randomFrom(hash(`${seed} ${path}`))();
        if (at < 0.03) return 'null';
        if (at < 0.06) return 'error';
        if (at < 0.09) return 'late error';
        if (at < 0.12) return 'late null';
        return at < 0.4 ? 'late' : 'value';
      };
      const query = `query ($yes: Boolean!, $no: Boolean = false) { movie { id @include(if: $yes) @skip(if: $no) } ${selectionOf(random, schema.getQueryType() as GraphQLObjectType, 3)} }`;
      const { ours, theirs } = await both(query, { yes: random() < 0.5, no: random() < 0.5 });
      assert.deepEqual(ours.data, theirs.data, `${query} ${seed}`);
      assert.equal(JSON.stringify(ours.data), JSON.stringify(theirs.data), 'fields in their order');
      assert.equal(ours.errors === undefined, theirs.errors === undefined, query);
      if (ours.errors) failed += 1;
    }
    fate = () => 'value';
    assert.ok(failed > 100, `only ${failed} had errors`);
  });

  const same = (name: string, query: string, variables?: Record<string, unknown>) =>
    it(name, async () => {
      const { ours, theirs } = await both(query, variables);
      assert.deepEqual(ours, theirs);
    });

  same(
    'has arguments, their defaults, and lists of one',
    '{ a: sum(of: [1, 2]) b: sum(of: 3, plus: null) c: sum(of: []) }',
  );
  same(
    'has arguments of variables, and of variables within lists',
    'query ($n: Int!, $plus: Int) { a: sum(of: [$n, 2], plus: $plus) b: sum(of: [$n]) }',
    { n: 5 },
  );
  same('reports a leaf that does not fit, with its place', '{ number movie { title } }');
  same(
    'keeps keys that mean something to JavaScript',
    '{ __proto__: movie { constructor: title __proto__: id } toString: movie { id } }',
  );
  same('answers introspection', getIntrospectionQuery());
  same('tells types', '{ __typename __type(name: "Movie") { name } found { __typename } }');
  same('reads functions as resolvers, and sets as lists', '{ movie { year tags } }');
  same(
    'merges what is selected twice',
    '{ movie { id next { id } } movie { title next { title } ...More } } fragment More on Movie { next { year } }',
  );

  it('reports a property that is not there, which is null for graphql-js', async () => {
    const objects = [{}, { id: '7' }, Object.create({ id: '8', title: null, year: undefined }), 'Movie 9'];
    for (const [index, expected] of [
      ['Movie.id', 'Movie.title', 'Movie.year'],
      ['Movie.title', 'Movie.year'],
      ['Cannot return null for non-nullable field Movie.title.'],
      ['Movie.id', 'Movie.title', 'Movie.year'],
    ].entries()) {
      const bare = buildSchema('type Query { movie: Movie } type Movie { id: ID! title: String! year: Int }');
      Object.assign(bare.getQueryType()?.getFields().movie as object, { resolve: () => objects[index] });
      const read = async (field: string) =>
        (await operationOf(bare, parse(`{ movie { ${field} } }`), undefined)?.run({}, {}))?.errors?.[0]?.message;
      const messages = await Promise.all(['id', 'title', 'year'].map(read));
      assert.deepEqual(
        messages.flatMap(
          (message) => message?.replace(' has no resolver, and its object no property of that name.', '') ?? [],
        ),
        expected,
      );
    }
  });

  it('reports an error once, and nothing of what it has made null', async () => {
    fate = (path) => (path.includes('title') ? 'late error' : 'value');
    const { ours } = await both('{ movies { title next { title } } }');
    fate = () => 'value';
    assert.deepEqual(ours, {
      errors: [{ message: 'no movies.0.title.', locations: [{ line: 1, column: 12 }], path: ['movies', 0, 'title'] }],
      data: { movies: null },
    });
  });

  it('keeps the length of a list in which some fail late', async () => {
    fate = (path) => (path === 'movie.cast.0.name.' ? 'late error' : path.endsWith('name.') ? 'late' : 'value');
    const { ours } = await both('{ movies { id } maybe { id } movie { cast { name } } }');
    fate = () => 'value';
    assert.deepEqual(ours.data, {
      movies: [{ id: '1' }, { id: '2' }],
      maybe: [{ id: '1' }, null, { id: '3' }],
      movie: null,
    });
  });

  it('does mutations one after the other, and none after one that made everything null', async () => {
    const fields = (schema.getMutationType() as GraphQLObjectType).getFields();
    let total = 0;
    Object.assign(fields.add as object, {
      async resolve(_: unknown, { by }: { by: number }) {
        const before = total;
        await setImmediate();
        total = before + by;
        return total;
      },
    });
    Object.assign(fields.total as object, { resolve: () => total });
    Object.assign(fields.breaks as object, { resolve: () => Promise.reject(new Error('broken')) });
    const { ours, theirs } = await both('mutation { a: add(by: 1) b: add(by: 2) total c: add(by: 3) }');
    assert.deepEqual(theirs.data, { a: 1, b: 3, total: 3, c: 6 });
    assert.deepEqual(ours.data, { a: 7, b: 9, total: 9, c: 12 });
    const broken = await both('mutation { a: add(by: 1) breaks b: add(by: 2) }');
    assert.deepEqual(broken.ours, broken.theirs);
    assert.equal(total, 14);
  });

  it('tells resolvers where they are', async () => {
    const seen: unknown[] = [];
    const field = (schema.getType('Person') as GraphQLObjectType).getFields().movie;
    Object.assign(field as object, {
      resolve(_: unknown, __: unknown, ___: unknown, info: GraphQLResolveInfo) {
        const { fieldName, path, parentType, returnType, variableValues, fieldNodes, operation } = info;
        seen.push({
          fieldName,
          path,
          parentType: `${parentType}`,
          returnType: `${returnType}`,
          variableValues,
          nodes: fieldNodes.map(print),
          operation: operation.name?.value,
        });
        return movie('9');
      },
    });
    await both('query Where($first: Int) { movies { people: cast(first: $first) { movie { id } } } }', { first: 1 });
    delete (field as { resolve?: unknown }).resolve;
    assert.equal(seen.length, 4);
    assert.deepEqual(seen.slice(2), seen.slice(0, 2));
  });

  it('is chosen by its name', () => {
    const document = parse('query A { movie { id } } mutation B { total }');
    assert.equal(operationOf(schema, document, 'A')?.kind, 'query');
    assert.equal(operationOf(schema, document, 'B')?.kind, 'mutation');
    assert.equal(operationOf(schema, document, undefined), undefined);
    assert.equal(operationOf(schema, document, 'C'), undefined);
  });

  it('answers an error where a condition is null', async () => {
    const { ours, theirs } = await both('query ($if: Boolean = true) { movie { id @skip(if: $if) } }', { if: null });
    assert.deepEqual(
      ours.errors.map(({ message }: Error) => message),
      theirs.errors.map(({ message }: Error) => message),
    );
    assert.equal(ours.data ?? null, null);
  });
});

/** Numbers from 0 to 1. */
function randomFrom(seed: number): () => number {
  const random = seededRandom(seed);
  return () => random.below(1_000_000) / 1_000_000;
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) >>> 0;
  return value;
}
