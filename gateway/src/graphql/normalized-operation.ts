import {
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** One operation without fragment spreads: everything below normalisation takes this. */
export interface NormalizedOperation extends OperationDefinitionNode {
  readonly selectionSet: NormalizedSelectionSet;
}

export interface NormalizedSelectionSet extends SelectionSetNode {
  readonly selections: readonly NormalizedSelection[];
}

export type NormalizedSelection = NormalizedField | NormalizedFragment;

export interface NormalizedField extends FieldNode {
  readonly selectionSet?: NormalizedSelectionSet;
}

export interface NormalizedFragment extends InlineFragmentNode {
  readonly selectionSet: NormalizedSelectionSet;
}

/**
 * Parses the text of one valid operation without fragment definitions: a printed normalised operation, or that of a fetch.
 *
 * @throws Error when the document has other definitions
 */
export function parseNormalizedOperation(text: string): NormalizedOperation {
  const [operation, ...others] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) {
    throw new Error('Expected a document of one operation without fragment definitions.');
  }
  return operation as NormalizedOperation;
}

/** Returns the document of an operation alone. */
export function documentOf(operation: NormalizedOperation): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: [operation] };
}
