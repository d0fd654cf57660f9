import { GraphQLID, type GraphQLLeafType, GraphQLString } from 'graphql';

/** How the values of a scalar or an enum are written, with the errors that graphql-js has for those that do not fit. */
export function serializerOf(type: GraphQLLeafType): (value: unknown) => unknown {
  function serialize(value: unknown): unknown {
    const serialized = type.serialize(value);
    if (serialized == null) {
      throw new Error(`Expected \`${type.name}.serialize\` to return a value, but it returned none.`);
    }
    return serialized;
  }
  if (type !== GraphQLString && type !== GraphQLID) return serialize;
  return (value) => (typeof value === 'string' ? value : serialize(value));
}
