import { buildSubgraphSchema, type GraphQLSchemaModule } from '@apollo/subgraph';
import type { GraphQLSchema } from 'graphql';
import { gql } from 'graphql-tag';
import { declareFacts } from './execution/selected-facts.ts';

/** Resolvers by type and field; `__resolveReference(reference, context)` resolves an entity. */
export type Resolvers = NonNullable<GraphQLSchemaModule['resolvers']>;

/** The parts of a subgraph's schema. */
export interface SchemaParts {
  /** The subgraph's schema language, Federation 2. */
  readonly typeDefs: string;
  readonly resolvers: Resolvers;
  /** By type, the properties that its objects have: see {@link declareFacts}. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
}

/**
 * Returns a subgraph's schema with its resolvers.
 *
 * @throws Error when the parts do not match, or when a field would be null without an error, as {@link declareFacts} checks
 */
export function buildExecutableSchema({ typeDefs, resolvers, facts }: SchemaParts): GraphQLSchema {
  const schema = buildSubgraphSchema([{ typeDefs: gql(typeDefs), resolvers }]);
  declareFacts(schema, facts);
  return schema;
}
