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
 * An operation of a valid document as it is whatever its fragments are called and however they are cut: they stand where they were spread,
 * those that say nothing of types are gone, and so is what is said twice. It asks for the same, in the same order of response keys
 * (GraphQL specification, section 6.3.2). Names and values stay as they are.
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

/** A selection, and what is below it wherever it is said. */
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
    // What may be joined with what comes later. A fragment, or a field after one, may have one of its keys: their order would change.
    // So may one that stands under the same key on a condition of its own.
    let fields = new Map<string, { readonly head: string; readonly group: Group }>();
    let fragment: { readonly key: string; readonly group: Group } | undefined;
    for (const selection of flat) {
      const { selectionSet } = selection;
      const key = headOf(selection);
      const open = selection.kind === Kind.FIELD ? fields.get(responseKey(selection)) : undefined;
      const known = open?.head === key ? open.group : fragment?.key === key ? fragment.group : undefined;
      if (selectionSet !== undefined && known !== undefined) {
        known.sets.push(selectionSet);
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

  /** Selections without spreads and without fragments that hold for every object of the type. */
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

/** A field whose alias is its own name has none. */
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

/** All of a selection but what is below it. */
function headOf(selection: FieldNode | InlineFragmentNode): string {
  const directives = (selection.directives ?? []).map((directive: DirectiveNode) => print(directive)).join(' ');
  if (selection.kind === Kind.INLINE_FRAGMENT) return `... ${selection.typeCondition?.name.value ?? ''} ${directives}`;
  const given = (selection.arguments ?? []).map((argument) => print(argument)).join(',');
  return `${selection.alias?.value ?? ''}:${selection.name.value}(${given}) ${directives}`;
}
