import type { Schema } from '@apollo/federation-internals';
import { type GraphQLSchema, isInputObjectType } from 'graphql';

/**
 * Marks the input types of which exactly one field must be given (GraphQL specification, section 3.10.1, OneOf Input Objects): the
 * supergraph says so, and what federation-internals makes of it for clients has lost it.
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
