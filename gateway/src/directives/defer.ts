import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** The directive that lets a fragment come later (https://github.com/graphql/defer-stream-wg, as of 2022-08-24). */
export const DEFER = 'defer';

type Variables = Readonly<Record<string, unknown>>;

/** An operation whose fragments stand where they were spread, each `@defer` with a label of its own. */
export interface LabelledOperation {
  readonly operation: OperationDefinitionNode;
  /** The client's labels, undefined for none, by those in the operation. */
  readonly labels: ReadonlyMap<string, string | undefined>;
}

/** Undefined when nothing of the operation is to come later. A fragment that is spread in several places comes for each of them. */
export function labelDefers(document: DocumentNode, operation: OperationDefinitionNode): LabelledOperation | undefined {
  if (!hasDefers(document)) return undefined;
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const labels = new Map<string, string | undefined>();

  function labelled(directives: readonly DirectiveNode[] = []): DirectiveNode[] {
    return directives.map((directive) => {
      if (directive.name.value !== DEFER) return directive;
      const label = `defer${labels.size}`;
      labels.set(label, deferLabel(directive));
      const others = directive.arguments?.filter(({ name }) => name.value !== 'label') ?? [];
      return { ...directive, arguments: [...others, labelArgument(label)] };
    });
  }

  function inPlace({ selections, ...set }: SelectionSetNode): SelectionSetNode {
    return { ...set, selections: selections.flatMap(selectionInPlace) };
  }

  function selectionInPlace(selection: SelectionNode): SelectionNode[] {
    if (selection.kind === Kind.FIELD) {
      return [selection.selectionSet ? { ...selection, selectionSet: inPlace(selection.selectionSet) } : selection];
    }
    const definition = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (definition === undefined) return [];
    const { typeCondition, selectionSet } = definition;
    const directives = labelled(selection.directives);
    return [
      {
        kind: Kind.INLINE_FRAGMENT,
        ...(typeCondition && { typeCondition }),
        directives,
        selectionSet: inPlace(selectionSet),
      },
    ];
  }

  const inlined = { ...operation, selectionSet: inPlace(operation.selectionSet) };
  return labels.size === 0 ? undefined : { operation: inlined, labels };
}

function labelArgument(label: string) {
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'label' },
    value: { kind: Kind.STRING, value: label },
  } as const;
}

function hasDefers(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive({ name }) {
      found ||= name.value === DEFER;
    },
  });
  return found;
}

/** The label that a directive gives a fragment. */
export function deferLabel(directive: DirectiveNode): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'label')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

const PART = '/';

/** A label for one of several fragments that are planned for one of the operation, or, where that is empty, for none. */
export function plannerLabel(label: string, part: number): string {
  return `${label}${PART}${part}`;
}

/** The label of the operation that a label of a plan stands for; empty for what comes with the fragment around it. */
export function operationLabel(label: string): string {
  return label.split(PART)[0] ?? '';
}

/** The label of a fragment whose `@defer` has one and no condition. */
export function deferLabelOf({ directives = [] }: InlineFragmentNode): string | undefined {
  const directive = directives.find(({ name }) => name.value === DEFER);
  return directive && deferLabel(directive);
}

/** A fragment about any object, with a label and without a condition. */
export function createDeferredFragment(label: string, selectionSet: SelectionSetNode): InlineFragmentNode {
  const name = { kind: Kind.NAME, value: DEFER } as const;
  const directive = { kind: Kind.DIRECTIVE, name, arguments: [labelArgument(label)] } as const;
  return { kind: Kind.INLINE_FRAGMENT, directives: [directive], selectionSet };
}

/** The directive of a fragment that comes later when variables have these values. */
export function activeDefer({ directives = [] }: InlineFragmentNode, variables: Variables): DirectiveNode | undefined {
  const directive = directives.find(({ name }) => name.value === DEFER);
  const condition = directive?.arguments?.find(({ name }) => name.value === 'if')?.value;
  if (condition === undefined) return directive;
  if (condition.kind === Kind.BOOLEAN) return condition.value ? directive : undefined;
  const value = condition.kind === Kind.VARIABLE ? variables[condition.name.value] : undefined;
  // The default of the argument is true; a variable that was not given leaves it.
  return value === false || value === null ? undefined : directive;
}

/**
 * Returns the operation to plan when, of a labelled operation, only the fragments with these labels are deferred. A `@defer` that is
 * left has no condition.
 */
export function keepDefers(operation: OperationDefinitionNode, later: ReadonlySet<string>): OperationDefinitionNode {
  return visit(operation, {
    SelectionSet: {
      // Of an interface as an object the planner loses what it is where only something deferred asks for that.
      leave(node) {
        const isLost = node.selections.some((selection) => isDeferred(selection) && selectsTypename(selection));
        return isLost ? { ...node, selections: [...node.selections, TYPENAME] } : undefined;
      },
    },
    InlineFragment: {
      enter(node): InlineFragmentNode | undefined {
        const { directives = [] } = node;
        const directive = directives.find(({ name }) => name.value === DEFER);
        if (directive === undefined) return undefined;
        const label = deferLabel(directive);
        const others = directives.filter((one) => one !== directive);
        if (label === undefined || !later.has(label)) return { ...node, directives: others };
        return { ...node, directives: [...others, { ...directive, arguments: [labelArgument(label)] }] };
      },
    },
  });
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function isDeferred({ kind, directives = [] }: SelectionNode): boolean {
  return kind === Kind.INLINE_FRAGMENT && directives.some(({ name }) => name.value === DEFER);
}

function selectsTypename(selection: SelectionNode): boolean {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.some(selectsTypename);
  return selection.name.value === TYPENAME.name.value;
}
