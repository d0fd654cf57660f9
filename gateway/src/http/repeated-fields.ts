import { GraphQLError, Kind, type ValidationRule } from 'graphql';

/**
 * Refuses a selection set that names one response key more often than `most`: what is repeated adds nothing to the answer, and
 * merging it (GraphQL specification, section 5.3.2) takes time for every pair. Code `REPEATED_FIELD_LIMIT_EXCEEDED`.
 */
export function repeatedFieldsRule(most: number): ValidationRule {
  return (context) => ({
    SelectionSet({ selections }) {
      const times = new Map<string, number>();
      for (const selection of selections) {
        if (selection.kind !== Kind.FIELD) continue;
        const key = (selection.alias ?? selection.name).value;
        const count = (times.get(key) ?? 0) + 1;
        times.set(key, count);
        if (count !== most + 1) continue;
        context.reportError(
          new GraphQLError(`A selection set names one field more than ${most} times: name it once.`, {
            nodes: selection,
            extensions: { code: 'REPEATED_FIELD_LIMIT_EXCEEDED' },
          }),
        );
      }
    },
  });
}
