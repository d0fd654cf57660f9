import { type DirectiveNode, type FieldNode, Kind, visit } from 'graphql';
import type {
  NormalizedFragment,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';

/** The name of `@defer` (https://github.com/graphql/defer-stream-wg, as of 2022-08-24). */
export const DEFER = 'defer';

type Variables = Readonly<Record<string, unknown>>;

/** An operation in which each `@defer` has a unique label. */
export interface LabelledOperation {
  readonly operation: NormalizedOperation;
  /** The client's labels, undefined for none, by those in the operation. */
  readonly labels: ReadonlyMap<string, string | undefined>;
}

/** Gives each `@defer` a unique label; undefined when the operation has none. */
export function labelDefers(operation: NormalizedOperation): LabelledOperation | undefined {
  const labels = new Map<string, string | undefined>();
  const labelled: NormalizedOperation = visit(operation, {
    Directive(directive) {
      if (directive.name.value !== DEFER) return undefined;
      const label = `defer${labels.size}`;
      labels.set(label, deferLabel(directive));
      const others = directive.arguments?.filter(({ name }) => name.value !== 'label') ?? [];
      return { ...directive, arguments: [...others, labelArgument(label)] };
    },
  });
  return labels.size === 0 ? undefined : { operation: labelled, labels };
}

function labelArgument(label: string) {
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'label' },
    value: { kind: Kind.STRING, value: label },
  } as const;
}

/** Returns the label of a directive. */
export function deferLabel(directive: DirectiveNode): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'label')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

const PART = '/';

/**
 * Returns the planner's label for one of several fragments that are planned for a fragment of the operation.
 *
 * @param label empty for a helper fragment that is planned for none
 */
export function plannerLabel(label: string, part: number): string {
  return `${label}${PART}${part}`;
}

/** Returns the operation's label for a label of a plan; empty for a helper fragment, which is delivered with the fragment around it. */
export function operationLabel(label: string): string {
  return label.split(PART)[0] ?? '';
}

/** Returns the label of a fragment whose `@defer` has a label and no condition. */
export function deferLabelOf({ directives = [] }: NormalizedFragment): string | undefined {
  const directive = directives.find(({ name }) => name.value === DEFER);
  return directive && deferLabel(directive);
}

/** Creates a deferred fragment without a type condition. */
export function createDeferredFragment(label: string, selectionSet: NormalizedSelectionSet): NormalizedFragment {
  const name = { kind: Kind.NAME, value: DEFER } as const;
  const directive = { kind: Kind.DIRECTIVE, name, arguments: [labelArgument(label)] } as const;
  return { kind: Kind.INLINE_FRAGMENT, directives: [directive], selectionSet };
}

/** Returns the `@defer` of a fragment that is deferred with these variables. */
export function activeDefer({ directives = [] }: NormalizedFragment, variables: Variables): DirectiveNode | undefined {
  const directive = directives.find(({ name }) => name.value === DEFER);
  const condition = directive?.arguments?.find(({ name }) => name.value === 'if')?.value;
  if (condition === undefined) return directive;
  if (condition.kind === Kind.BOOLEAN) return condition.value ? directive : undefined;
  const value = condition.kind === Kind.VARIABLE ? variables[condition.name.value] : undefined;
  // The default of the argument is true, and applies to a variable without a value.
  return value === false || value === null ? undefined : directive;
}

/** Returns the operation to plan when only the fragments with these labels are deferred. The remaining `@defer` have no condition. */
export function keepDefers(operation: NormalizedOperation, kept: ReadonlySet<string>): NormalizedOperation {
  return visit(operation, {
    SelectionSet: {
      // The planner omits the type of an interface object when only a deferred fragment selects it.
      leave(node) {
        const selections = node.selections as readonly NormalizedSelection[];
        const isLost = selections.some((selection) => isDeferred(selection) && selectsTypename(selection));
        return isLost ? { ...node, selections: [...selections, TYPENAME] } : undefined;
      },
    },
    InlineFragment: {
      enter(node) {
        const { directives = [] } = node;
        const directive = directives.find(({ name }) => name.value === DEFER);
        if (directive === undefined) return undefined;
        const label = deferLabel(directive);
        const others = directives.filter((other) => other !== directive);
        if (label === undefined || !kept.has(label)) return { ...node, directives: others };
        return { ...node, directives: [...others, { ...directive, arguments: [labelArgument(label)] }] };
      },
    },
  });
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function isDeferred({ kind, directives = [] }: NormalizedSelection): boolean {
  return kind === Kind.INLINE_FRAGMENT && directives.some(({ name }) => name.value === DEFER);
}

function selectsTypename(selection: NormalizedSelection): boolean {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.some(selectsTypename);
  return selection.name.value === TYPENAME.name.value;
}
