import { GraphQLDateTimeISO, GraphQLLocalDate, GraphQLSafeInt } from 'graphql-scalars';

/**
 * Resolvers of the scalars that every subgraph declares: `LocalDate` (`YYYY-MM-DD`), `DateTime` (RFC 3339, UTC) and
 * `SafeInt` (a whole number that a double holds exactly). Spread them into the subgraph's resolvers.
 */
export const scalarResolvers = {
  DateTime: GraphQLDateTimeISO,
  LocalDate: GraphQLLocalDate,
  SafeInt: GraphQLSafeInt,
};
