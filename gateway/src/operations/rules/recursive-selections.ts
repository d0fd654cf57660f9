import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from 'graphql';

/**
 * Rejects an operation with more than `most` selections with the code `MAX_RECURSIVE_SELECTIONS_EXCEEDED`. A fragment counts as often as
 * it is spread, and must have no cycles.
 */
export function recursiveSelectionsRule(most: number): ValidationRule {
  return (context) => {
    const counts = new Map<string, number>();
    function count({ selections }: SelectionSetNode): number {
      let sum = 0;
      for (const selection of selections) {
        sum += 1;
        if (selection.kind === Kind.FRAGMENT_SPREAD) sum += countOfFragment(selection.name.value);
        else if (selection.selectionSet !== undefined) sum += count(selection.selectionSet);
      }
      return sum;
    }
    function countOfFragment(name: string): number {
      let cached = counts.get(name);
      if (cached === undefined) {
        const fragment = context.getFragment(name);
        cached = fragment ? count(fragment.selectionSet) : 0;
        counts.set(name, cached);
      }
      return cached;
    }
    return {
      OperationDefinition(node) {
        if (count(node.selectionSet) <= most) return;
        context.reportError(
          new GraphQLError(`The operation has more than ${most} selections.`, {
            nodes: node,
            extensions: { code: 'MAX_RECURSIVE_SELECTIONS_EXCEEDED' },
          }),
        );
      },
    };
  };
}
