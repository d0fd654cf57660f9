import type { Schema } from '@apollo/federation-internals';
import { type GraphQLSchema, isInputObjectType } from 'graphql';

/**
 * Marks OneOf input objects (GraphQL specification, section 3.10.1) by the supergraph's `@oneOf`, which
 * federation-internals removes from the API schema.
 */
export function markOneOf(apiSchema: GraphQLSchema, supergraph: Schema): GraphQLSchema {
  for (const { name, appliedDirectives } of supergraph.types()) {
    const type = apiSchema.getType(name);
    if (isInputObjectType(type) && appliedDirectives.some((directive) => directive.name === 'oneOf')) {
      type.isOneOf = true;
    }
  }
  return apiSchema;
}
