import {
  type ASTNode,
  type DocumentNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Returns what may replace a node; null removes it. */
type Edit = (node: ASTNode, siblings: unknown, document: DocumentNode) => readonly (ASTNode | null)[];

const isSelection = ({ kind }: ASTNode) =>
  kind === Kind.FIELD || kind === Kind.INLINE_FRAGMENT || kind === Kind.FRAGMENT_SPREAD;

/** The edits that make a document simpler, in the order in which they are tried. */
const EDITS: readonly Edit[] = [
  (node, siblings) => (isSelection(node) && Array.isArray(siblings) && siblings.length > 1 ? [null] : []),
  (node) => {
    if (node.kind !== Kind.SELECTION_SET || !node.selections.some(isBare)) return [];
    const selections = node.selections.flatMap((one) => (isBare(one) ? one.selectionSet.selections : [one]));
    return [{ ...node, selections }];
  },
  (node, _siblings, { definitions }) => {
    if (node.kind !== Kind.FRAGMENT_SPREAD) return [];
    const fragment = definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === node.name.value,
    );
    if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) return [];
    const { typeCondition, selectionSet } = fragment;
    return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, directives: node.directives ?? [], selectionSet }];
  },
  (node) => (node.kind === Kind.SELECTION_SET ? nestedSelectionSets(node) : []),
  (node) => (node.kind === Kind.DIRECTIVE ? [null] : []),
  (node) => (node.kind === Kind.ARGUMENT ? [null] : []),
  (node) => {
    if (node.kind !== Kind.FIELD || node.alias === undefined) return [];
    const { alias: _alias, ...field } = node;
    return [field];
  },
];

function nestedSelectionSets(outer: SelectionSetNode): SelectionSetNode[] {
  const nested: SelectionSetNode[] = [];
  visit(outer, { SelectionSet: (node) => void (node !== outer && nested.push(node)) });
  return nested;
}

const isBare = (selection: SelectionNode): selection is InlineFragmentNode =>
  selection.kind === Kind.INLINE_FRAGMENT && (selection.directives ?? []).length === 0;

/** Yields documents that differ from a document by one edit each. Not all of them are valid. */
export function* simplerDocuments(document: DocumentNode): Generator<DocumentNode> {
  for (const edit of EDITS) {
    for (let index = 0; ; index += 1) {
      const edited = applyTo(document, edit, index);
      if (edited === undefined) break;
      yield withoutUnused(edited);
    }
  }
}

/** Applies the variant of an edit with this index; undefined without one. */
function applyTo(document: DocumentNode, edit: Edit, index: number): DocumentNode | undefined {
  let left = index;
  let isDone = false;
  const edited = visit(document, {
    enter(node, _key, parent) {
      if (isDone) return undefined;
      const replacements = edit(node, parent, document);
      const replacement = replacements[left];
      left -= replacements.length;
      isDone = replacement !== undefined;
      return replacement;
    },
  });
  return isDone ? edited : undefined;
}

/** Removes fragments and variables that no operation uses any more. */
function withoutUnused(document: DocumentNode): DocumentNode {
  const spreads = new Set<string>();
  const variables = new Set<string>();
  visit(document, {
    FragmentSpread: ({ name }) => void spreads.add(name.value),
    VariableDefinition: () => false,
    Variable: ({ name }) => void variables.add(name.value),
  });
  const used = visit(document, {
    FragmentDefinition: ({ name }) => (spreads.has(name.value) ? undefined : null),
    VariableDefinition: ({ variable }) => (variables.has(variable.name.value) ? undefined : null),
  });
  return used.definitions.length === document.definitions.length ? used : withoutUnused(used);
}
