import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';
import { markOneOf } from '../src/directives/one-of.ts';

/** Returns the API schema of a supergraph, without the types and directives of composition. */
export function apiSchema(supergraphFile: string): GraphQLSchema {
  return apiSchemaOf(readFileSync(supergraphFile, 'utf8'));
}

export function apiSchemaOf(supergraph: string): GraphQLSchema {
  const built = Supergraph.build(supergraph);
  return markOneOf(built.apiSchema().toGraphQLJSSchema(), built.schema);
}
