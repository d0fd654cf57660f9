import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type {
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';

/**
 * Normalises an operation of a valid document: inlines fragments, removes those without an effect, and merges duplicate selections.
 * The result selects the same response keys in the same order (GraphQL specification, section 6.3.2). Names and values are unchanged.
 */
export function normalizeOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): NormalizedOperation {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const root = schema.getRootType(operation.operation) ?? undefined;
  const selectionSet = new Normalizer(schema, fragments).selectionSet(root, [operation.selectionSet]);
  const { description: _, loc: __, ...rest } = operation;
  return { ...rest, selectionSet };
}

/** Selections that differ only in their selection sets. */
interface Group {
  readonly first: FieldNode | InlineFragmentNode;
  readonly sets: SelectionSetNode[];
}

class Normalizer {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  selectionSet(type: GraphQLCompositeType | undefined, sets: readonly SelectionSetNode[]): NormalizedSelectionSet {
    const flat = sets.flatMap(({ selections }) => this.#flat(type, selections));
    const groups: Group[] = [];
    const leaves = new Set<string>();
    // Groups that a later selection may join. A fragment closes those of fields, and a field that of the fragment: merging across them
    // would change the order of response keys. A field closes the group of its response key with other directives, too.
    let fields = new Map<string, { readonly head: string; readonly group: Group }>();
    let fragment: { readonly key: string; readonly group: Group } | undefined;
    for (const selection of flat) {
      const { selectionSet } = selection;
      const key = headOf(selection);
      const open = selection.kind === Kind.FIELD ? fields.get(responseKey(selection)) : undefined;
      const existing = open?.head === key ? open.group : fragment?.key === key ? fragment.group : undefined;
      if (selectionSet !== undefined && existing !== undefined) {
        existing.sets.push(selectionSet);
        continue;
      }
      if (leaves.has(key)) continue;
      const group: Group = { first: selection, sets: selectionSet === undefined ? [] : [selectionSet] };
      groups.push(group);
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        fields = new Map();
        fragment = { key, group };
        continue;
      }
      fragment = undefined;
      if (selectionSet === undefined) leaves.add(key);
      else fields.set(responseKey(selection), { head: key, group });
    }
    return {
      kind: Kind.SELECTION_SET,
      selections: groups.map(({ first, sets: below }) => {
        if (below.length === 0) return first as NormalizedSelection;
        const selectionSet = this.selectionSet(this.#below(type, first), below);
        return { ...first, selectionSet } as NormalizedSelection;
      }),
    };
  }

  /** Inlines fragment spreads, and fragments that apply to every object of the type. */
  #flat(
    type: GraphQLCompositeType | undefined,
    selections: readonly SelectionNode[],
  ): (FieldNode | InlineFragmentNode)[] {
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [fieldOf(selection)];
      const spread = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      if (spread === undefined) return [];
      const { directives = [] } = selection;
      const { typeCondition, selectionSet } = spread;
      const condition = typeCondition?.name.value;
      const isPlain = directives.length === 0 && (condition === undefined || condition === type?.name);
      if (isPlain) return this.#flat(type, selectionSet.selections);
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          ...(typeCondition && { typeCondition }),
          ...(directives.length > 0 && { directives }),
          selectionSet,
        },
      ];
    });
  }

  #below(
    type: GraphQLCompositeType | undefined,
    selection: FieldNode | InlineFragmentNode,
  ): GraphQLCompositeType | undefined {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      return condition === undefined ? type : this.#composite(this.#schema.getType(condition));
    }
    const field = type && 'getFields' in type ? type.getFields()[selection.name.value] : undefined;
    return field === undefined ? undefined : this.#composite(getNamedType(field.type));
  }

  #composite(type: ReturnType<GraphQLSchema['getType']>): GraphQLCompositeType | undefined {
    return isCompositeType(type) ? type : undefined;
  }
}

/** Removes an alias that equals the field's name. */
function fieldOf({ alias, name, arguments: given = [], directives = [], selectionSet }: FieldNode): FieldNode {
  return {
    kind: Kind.FIELD,
    ...(alias && alias.value !== name.value && { alias }),
    name,
    ...(given.length > 0 && { arguments: given }),
    ...(directives.length > 0 && { directives }),
    ...(selectionSet && { selectionSet }),
  };
}

function responseKey({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}

/** Returns a key of a selection without its selection set. */
function headOf(selection: FieldNode | InlineFragmentNode): string {
  const directives = (selection.directives ?? []).map((directive: DirectiveNode) => print(directive)).join(' ');
  if (selection.kind === Kind.INLINE_FRAGMENT) return `... ${selection.typeCondition?.name.value ?? ''} ${directives}`;
  const given = (selection.arguments ?? []).map((argument) => print(argument)).join(',');
  return `${selection.alias?.value ?? ''}:${selection.name.value}(${given}) ${directives}`;
}
