import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';
import { markOneOf } from '../src/directives/one-of.ts';

/** The schema that clients of a supergraph see, without what composition adds. */
export function apiSchema(supergraphFile: string): GraphQLSchema {
  return apiSchemaOf(readFileSync(supergraphFile, 'utf8'));
}

/** As {@link apiSchema}, of the text of a supergraph. */
export function apiSchemaOf(supergraph: string): GraphQLSchema {
  const built = Supergraph.build(supergraph);
  return markOneOf(built.apiSchema().toGraphQLJSSchema(), built.schema);
}
