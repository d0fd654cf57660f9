import {
  type FieldNode,
  GraphQLError,
  type InlineFragmentNode,
  Kind,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/**
 * Refuses a selection set that names one response key more often than `most`, inline fragments of one type condition and no directive included: what is
 * repeated adds nothing to the answer, and merging it (GraphQL specification, section 5.3.2) takes time for every pair. Code
 * `REPEATED_FIELD_LIMIT_EXCEEDED`. It expects nothing of a document.
 */
export function repeatedFieldsRule(most: number): ValidationRule {
  return (context) => {
    function check(fields: readonly FieldNode[]): void {
      const times = new Map<string, number>();
      for (const field of fields) {
        const key = (field.alias ?? field.name).value;
        const count = (times.get(key) ?? 0) + 1;
        times.set(key, count);
        if (count !== most + 1) continue;
        context.reportError(
          new GraphQLError(`A selection set names one field more than ${most} times: name it once.`, {
            nodes: field,
            extensions: { code: 'REPEATED_FIELD_LIMIT_EXCEEDED' },
          }),
        );
      }
    }
    const flattened = new Set<SelectionSetNode>();
    return {
      SelectionSet(node) {
        // It has been checked with the selection set that it stands in.
        if (flattened.has(node)) return;
        for (const fields of fieldsByType(node, flattened).values()) check(fields);
      },
    };
  };
}

/** The fields of a selection set and of the inline fragments in it, by the type condition nearest to each; empty without one. */
function fieldsByType(node: SelectionSetNode, flattened: Set<SelectionSetNode>): Map<string, FieldNode[]> {
  const byType = new Map<string, FieldNode[]>();
  const add = ({ selections }: SelectionSetNode, type: string): void => {
    const fields = byType.get(type) ?? [];
    byType.set(type, fields);
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      // Those that directives decide are alternatives.
      if (selection.kind !== Kind.INLINE_FRAGMENT || selection.directives?.length) continue;
      flattened.add(selection.selectionSet);
      add(selection.selectionSet, typeOf(selection) ?? type);
    }
  };
  add(node, '');
  return byType;
}

const typeOf = ({ typeCondition }: InlineFragmentNode) => typeCondition?.name.value;
