import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO, GraphQLLocalDate, GraphQLSafeInt } from 'graphql-scalars';

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The form of a serialised day: the database has checked the rest. */
export const LocalDate = new GraphQLScalarType({
  ...GraphQLLocalDate.toConfig(),
  serialize: (value) => (typeof value === 'string' && DATE.test(value) ? value : GraphQLLocalDate.serialize(value)),
});

/**
 * Resolvers of the scalars that every subgraph declares: `LocalDate` (`YYYY-MM-DD`), `DateTime` (RFC 3339, UTC) and
 * `SafeInt` (a whole number that a double holds exactly). Spread them into the subgraph's resolvers.
 */
export const scalarResolvers = {
  DateTime: GraphQLDateTimeISO,
  LocalDate,
  SafeInt: GraphQLSafeInt,
};
