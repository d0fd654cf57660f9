import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { operationOf } from '@marquee/subgraph/execution/operation';
import {
  declareFacts,
  readingFacts,
  type SelectionInfo,
  selectedFacts,
} from '@marquee/subgraph/execution/selected-facts';
import { parse } from 'graphql';

interface Planet {
  readonly id: string;
  readonly name: string;
  readonly mass: number;
  readonly foundAt: string;
}

const FACTS = ['id', 'name', 'mass', 'foundAt'];

const from = readingFacts<Planet, 'id', object>();

const schemaOf = (fields: string, resolvers: Record<string, unknown>) =>
  buildSubgraphSchema([
    {
      typeDefs: parse(`
        type Planet { id: ID! name: String mass: Float ${fields} }
        type Edge { node: Planet }
        type Page { edges: [Edge!]! }
        type Star { name: String }
        union Body = Planet | Star
        type Query { planet: Planet page: Page bodies: [Body!]! }`),
      resolvers: { Planet: resolvers } as never,
    },
  ]);

describe('facts', () => {
  it('are those that the fields need, whatever the fields are called', async () => {
    const schema = schemaOf('decade: Int moons(first: Int): Int', {
      decade: from(['foundAt'], ({ foundAt }) => Math.floor(Number(foundAt.slice(0, 4)) / 10) * 10),
      moons: from([], ({ id }, { first }: { first?: number }) => (first ?? 0) + id.length),
    });
    declareFacts(schema, { Planet: FACTS });
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
    ] as const) {
      assert.throws(() => declareFacts(schemaOf(fields, resolvers), { Planet: FACTS }), message);
    }
    assert.throws(() => declareFacts(schemaOf('', {}), { Comet: FACTS }), /Comet/);
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
});
