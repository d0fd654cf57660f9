import { GraphQLID, type GraphQLLeafType, GraphQLString } from 'graphql';

/** Serialises a value of a scalar or an enum, with graphql-js's errors for invalid ones. */
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
