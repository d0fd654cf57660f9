import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

/** Resolvers by type and field. */
type ResolversByType = Readonly<Record<string, object>>;

interface SchemaOfSubgraph<Resolvers extends ResolversByType> {
  readonly schemaFile: URL;
  readonly resolvers: Resolvers;
  /** Builds the executable schema, as at the start. */
  readonly build: (typeDefs: string, resolvers: Resolvers) => unknown;
}

const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** Tests that fields which would be null without an error fail the start, in every type of the schema. */
export function describeFields<Resolvers extends ResolversByType>(subgraph: SchemaOfSubgraph<Resolvers>): void {
  const { schemaFile, resolvers } = subgraph;
  /** Builds the schema with further resolvers. */
  function build(typeDefs: string, more: ResolversByType): void {
    const all: Record<string, object> = { ...resolvers };
    for (const [type, fields] of Object.entries(more)) all[type] = { ...all[type], ...fields };
    subgraph.build(typeDefs, all as Resolvers);
  }
  describe('a field that would be null without an error fails the start', () => {
    const typeDefs = readFileSync(schemaFile, 'utf8');
    const types = [...typeDefs.matchAll(/^type (\w+)/gm)].map(([, name]) => name as string);
    const withField = (type: string, field: string) => `${typeDefs}\nextend type ${type} { ${field} }`;

    it('has none as it is', () => {
      build(typeDefs, {});
      assert.ok(types.length > ROOTS.length);
    });

    it('neither a resolver nor a property has its name', () => {
      for (const type of types) {
        for (const field of ['slug: String', 'isClassic(since: Int): Boolean!', 'initials: [String!]!']) {
          const [name] = /^\w+/.exec(field) as RegExpExecArray;
          assert.throws(
            () => build(withField(type, field), { [type]: { [`${name}s`]: () => null } }),
            ({ message }: Error) => message.startsWith(`${type}.${name} has no resolver`) && !message.includes('\n'),
          );
        }
      }
    });

    it('its resolver does not say what it reads', () => {
      for (const type of types.filter((name) => !ROOTS.includes(name))) {
        for (const resolve of [
          ({ id }: { id?: string }) => id,
          (source: object) => Object.keys(source).join(),
          async ({ name }: { name?: string }) => name ?? null,
        ]) {
          assert.throws(
            () => build(withField(type, 'label: String'), { [type]: { label: resolve } }),
            ({ message }: Error) =>
              message.startsWith(`The resolver of ${type}.label does not say which facts it reads`),
          );
        }
      }
    });

    it('its type has no facts', () => {
      const more = `
        type Prize { year: Int! jury: Jury! }
        type Jury { name: String }
        extend type Query { prize: Prize }`;
      assert.throws(
        () => build(typeDefs + more, { Query: { prize: () => ({}) } }),
        ({ message }: Error) => /^Prize has no facts: .*\nJury has no facts: /.test(message),
      );
    });
  });
}
