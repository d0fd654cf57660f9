import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Finds a response key that a selection set, with its inline fragments of one type condition and without directives, has more than `most` times.
 * Merging repeated fields takes time for every pair (GraphQL specification, section 5.3.2). The document need not be valid.
 *
 * @returns an error with the code `REPEATED_FIELD_LIMIT_EXCEEDED`
 */
export function repeatedField(document: DocumentNode, most: number): GraphQLError | undefined {
  for (const definition of document.definitions) {
    if (!('selectionSet' in definition) || definition.selectionSet === undefined) continue;
    const field = repeatedIn(definition.selectionSet, most);
    if (field === undefined) continue;
    return new GraphQLError(`A selection set selects one field more than ${most} times: select it once.`, {
      nodes: field,
      extensions: { code: 'REPEATED_FIELD_LIMIT_EXCEEDED' },
    });
  }
  return undefined;
}

function repeatedIn(selectionSet: SelectionSetNode, most: number): FieldNode | undefined {
  const { fieldsByType, others } = flatten(selectionSet);
  for (const fields of fieldsByType.values()) {
    const times = new Map<string, number>();
    for (const field of fields) {
      const key = (field.alias ?? field.name).value;
      const count = (times.get(key) ?? 0) + 1;
      if (count > most) return field;
      times.set(key, count);
    }
  }
  for (const below of others) {
    const field = repeatedIn(below, most);
    if (field !== undefined) return field;
  }
  return undefined;
}

interface Flattened {
  /** The fields of a selection set and of the inline fragments in it, by the type condition nearest to each; empty without one. */
  readonly fieldsByType: ReadonlyMap<string, readonly FieldNode[]>;
  /** Selection sets of fields, and of inline fragments with directives, which may be alternatives. */
  readonly others: readonly SelectionSetNode[];
}

function flatten(selectionSet: SelectionSetNode): Flattened {
  const fieldsByType = new Map<string, FieldNode[]>();
  const others: SelectionSetNode[] = [];
  const add = ({ selections }: SelectionSetNode, type: string): void => {
    const fields = fieldsByType.get(type) ?? [];
    fieldsByType.set(type, fields);
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      if (isUnconditional(selection)) add(selection.selectionSet, selection.typeCondition?.name.value ?? type);
      else if ('selectionSet' in selection && selection.selectionSet !== undefined) others.push(selection.selectionSet);
    }
  };
  add(selectionSet, '');
  return { fieldsByType, others };
}

const isUnconditional = (selection: SelectionNode): selection is InlineFragmentNode =>
  selection.kind === Kind.INLINE_FRAGMENT && !selection.directives?.length;
