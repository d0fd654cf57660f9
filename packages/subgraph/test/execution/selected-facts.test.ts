import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  declareFacts,
  type FactsOf,
  type ResolversOf,
  readingFacts,
  readingWhole,
  type SelectionInfo,
  selectedFacts,
} from '@marquee/subgraph/execution/selected-facts';
import { parse } from 'graphql';
import { operationOf } from '../../src/execution/operation.ts';

interface Planet {
  readonly id: string;
  readonly name: string;
  readonly mass: number;
  readonly foundAt: string;
}

const FACTS = { Planet: ['id', 'name', 'mass', 'foundAt'], Edge: ['node'], Page: ['edges'], Star: ['name'] };

const from = readingFacts<Planet, 'id', object>();

const TYPES =
  'type Edge { node: Planet } type Page { edges: [Edge!]! } type Star { name: String } union Body = Planet | Star';

const schemaOf = (fields: string, resolvers: object, types = '', roots: object = {}) =>
  buildSubgraphSchema([
    {
      typeDefs: parse(`
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@interfaceObject"])
        type Planet { id: ID! name: String mass: Float ${fields} }
        ${TYPES}
        ${types}
        type Query { planet: Planet page: Page bodies: [Body!]! }`),
      resolvers: {
        Planet: resolvers,
        Query: { planet: () => null, page: () => null, bodies: () => [] },
        ...roots,
      } as never,
    },
  ]);

describe('facts', () => {
  it('are those that the fields need, whatever the fields are called', async () => {
    const schema = schemaOf('decade: Int moons(first: Int): Int', {
      decade: from(['foundAt'], ({ foundAt }) => Math.floor(Number(foundAt.slice(0, 4)) / 10) * 10),
      moons: from([], ({ id }, { first }: { first?: number }) => (first ?? 0) + id.length),
    });
    declareFacts(schema, FACTS);
    const seen: Record<string, readonly string[]> = {};
    const read =
      (name: string, path: readonly string[]) => (_: unknown, __: unknown, ___: unknown, info: SelectionInfo) => {
        seen[name] = selectedFacts(info, 'Planet', path);
        return name === 'bodies' ? [] : null;
      };
    for (const [name, path] of Object.entries({ planet: [], page: ['edges', 'node'], bodies: [] })) {
      Object.assign(schema.getQueryType()?.getFields()[name] as object, { resolve: read(name, path) });
    }
    const operation = operationOf(
      schema,
      parse(`query ($no: Boolean!) {
        planet { constructor: name __proto__: decade toString: mass @include(if: $no) ...F }
        page { valueOf: edges { hasOwnProperty: node { isPrototypeOf: mass } } edges { node { ...F @skip(if: $no) __typename } } }
        bodies { ... on Star { name } ... on Planet { __defineGetter__: decade } ... on Body { ... on Planet { id } } }
      }
      fragment F on Planet { moons(first: 2) toLocaleString: name }`),
      undefined,
    );
    await operation?.run({}, { no: false });
    assert.deepEqual(seen, { planet: ['foundAt', 'name'], page: ['mass', 'name'], bodies: ['foundAt', 'id'] });
  });

  it('are missed at the start, not when a client asks', () => {
    const plain = (source: Planet) => source.foundAt;
    for (const [fields, resolvers, message] of [
      ['decade: Int', { decade: plain }, /Planet\.decade does not say which facts it reads.*readingFacts/],
      ['decade: Int', {}, /Planet\.decade has no resolver, and no fact has its name/],
      ['age: Int size: Int', { age: from(['foundAt'], () => 1) }, /Planet\.size has no resolver/],
      ['heavy: Boolean', { heavy: from(['weight' as 'mass'], () => true) }, /Planet\.heavy needs weight/],
      ['a: Int b: Int', { b: plain }, /^Planet\.a has no resolver.*\nThe resolver of Planet\.b does not say/],
    ] as const) {
      assert.throws(() => declareFacts(schemaOf(fields, resolvers), FACTS), { message });
    }
  });

  it('are declared for the object types of the schema, and for no others', () => {
    const schema = schemaOf('', {}, 'interface Body2 { id: ID! } type Query2 { id: ID! } enum Kind { GAS ROCK }');
    const { Star: _, ...others } = { ...FACTS, Query2: ['id'] };
    assert.throws(() => declareFacts(schema, others), { message: /^Star has no facts: add it/ });
    for (const name of ['Comet', 'Body', 'Body2', 'Kind', 'Query']) {
      assert.throws(() => declareFacts(schema, { ...others, Star: ['name'], [name]: ['id'] }), {
        message: new RegExp(`^Facts are declared for ${name}, which is no object type`),
      });
    }
  });

  it('are those of the objects to which interfaces resolve', () => {
    const types = `interface Named { name: String motto: String }
      type Moon implements Named { name: String motto: String } type Ring implements Named { name: String motto: String }`;
    const facts = { ...FACTS, Moon: ['name', 'motto'], Ring: ['name'] };
    assert.throws(() => declareFacts(schemaOf('', {}, types), facts), { message: /^Ring\.motto has no resolver/ });
    declareFacts(schemaOf('', {}, types), { ...facts, Ring: ['name', 'motto'] });
  });

  it('are those of entities once a resolver has loaded them', () => {
    for (const [type, facts] of [
      ['type Comet @key(fields: "id") { id: ID! tail: Int }', ['id', 'tail']],
      ['type Comet { id: ID! } extend type Comet @key(fields: "id") { orbit: Float }', ['id', 'orbit']],
      ['type Comet @key(fields: "id", resolvable: false) @key(fields: "code") { id: ID! code: ID! }', ['id', 'code']],
      ['type Comet @interfaceObject @key(fields: "id") { id: ID! seen: Boolean }', ['id', 'seen']],
    ] as const) {
      const declare = (roots = {}) => declareFacts(schemaOf('', {}, type, roots), { ...FACTS, Comet: facts });
      assert.throws(declare, { message: /^Comet has a key, but no `__resolveReference`/ });
      declare({ Comet: { __resolveReference: () => null } });
    }
    const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12")';
    const unimported = buildSubgraphSchema([parse(`${link} type Comet @federation__key(fields: "id") { id: ID! }`)]);
    assert.throws(() => declareFacts(unimported, { Comet: ['id'] }), { message: /^Comet has a key/ });
    declareFacts(schemaOf('', {}, 'type Comet @key(fields: "id", resolvable: false) { id: ID! }'), {
      ...FACTS,
      Comet: ['id'],
    });
  });

  it('that were not read are an error of the field, never null', async () => {
    const schema = schemaOf(
      'heavy: Boolean decade: String label: String',
      {
        heavy: from(['mass'], ({ mass }) => mass > 1),
        decade: from(['name', 'foundAt'], ({ foundAt }) => foundAt ?? null),
        label: from(['name'], ({ name }) => name),
      },
      '',
      { Query: { planet: () => ({ id: '1', name: null }), page: () => null, bodies: () => [] } },
    );
    declareFacts(schema, FACTS);
    const operation = operationOf(schema, parse('{ planet { id name label heavy decade mass } }'), undefined);
    const { data, errors } = (await operation?.run({}, {})) ?? {};
    assert.deepEqual(JSON.parse(JSON.stringify(data)), {
      planet: { id: '1', name: null, label: null, heavy: null, decade: null, mass: null },
    });
    assert.deepEqual(
      errors?.map(({ message }) => message),
      [
        'Planet.heavy needs mass, which was not read: select it.',
        'Planet.decade needs foundAt, which was not read: select it.',
        'Planet.mass has no resolver, and its object no property of that name.',
      ],
    );
  });

  it('that a resolver does not name cannot be used: it does not compile', () => {
    // @ts-expect-error `foundAt` is not named
    from(['name'], ({ foundAt }) => foundAt.slice(0, 4));
    // @ts-expect-error nor is `mass`, whatever the parameter is said to be
    from([], (planet: Partial<Planet>) => planet.mass);
    // @ts-expect-error there is no such fact
    from(['moons'], () => null);
    from(['foundAt', 'mass'], ({ id, foundAt, mass }) => `${id}${foundAt.length}${mass.toFixed(1)}`);
  });

  it('that objects do not have cannot be declared, nor read where another type has them: it does not compile', () => {
    interface Objects {
      readonly Edge: { readonly node: Pick<Planet, 'id'> };
      readonly Star: { readonly name: string; readonly age?: number };
    }
    // @ts-expect-error a star has no mass
    const _mass: FactsOf<Objects> = { Edge: ['node'], Star: ['mass'] };
    // @ts-expect-error its age may be absent
    const _age: FactsOf<Objects> = { Edge: ['node'], Star: ['age'] };
    // @ts-expect-error an edge is missing
    const _edge: FactsOf<Objects> = { Star: ['name'] };
    const edge = readingWhole<Objects['Edge'], object>();
    // @ts-expect-error the node is read by the resolvers of its own type
    edge(({ node }) => node.mass);
    const taken = readingWhole<{ readonly node: Planet }, object>()(({ node }) => node.mass);
    // @ts-expect-error the edge is another one than the resolver takes
    const _resolvers: ResolversOf<Objects> = { Edge: { mass: taken } };
    const resolvers: ResolversOf<Objects> = { Edge: { id: edge(({ node }) => node.id) }, Query: {} };
    assert.ok(resolvers);
  });
});
