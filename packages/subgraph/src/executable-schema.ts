import { buildSubgraphSchema, type GraphQLSchemaModule } from '@apollo/subgraph';
import type { GraphQLSchema } from 'graphql';
import { gql } from 'graphql-tag';
import { declareFacts } from './execution/selected-facts.ts';

/** Resolvers by type and field; `__resolveReference(reference, context)` resolves an entity. */
export type Resolvers = NonNullable<GraphQLSchemaModule['resolvers']>;

/** The parts of which the schema of a subgraph is made. */
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
 * @throws Error when they do not fit one another, or when a field would be null without an error, as {@link declareFacts} says
 */
export function buildExecutableSchema({ typeDefs, resolvers, facts }: SchemaParts): GraphQLSchema {
  const schema = buildSubgraphSchema([{ typeDefs: gql(typeDefs), resolvers }]);
  declareFacts(schema, facts);
  return schema;
}
