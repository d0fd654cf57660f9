import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from 'graphql';

/**
 * Refuses an operation with more selections than `most` once every fragment is put in place, counted without putting them there.
 * Code `MAX_RECURSIVE_SELECTIONS_EXCEEDED`. It expects fragments without cycles.
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
      let known = counts.get(name);
      if (known === undefined) {
        const fragment = context.getFragment(name);
        known = fragment ? count(fragment.selectionSet) : 0;
        counts.set(name, known);
      }
      return known;
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
