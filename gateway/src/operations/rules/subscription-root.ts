import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionSetNode,
} from 'graphql';

const CONDITIONS: readonly string[] = [GraphQLSkipDirective.name, GraphQLIncludeDirective.name];

/**
 * Finds `@skip` or `@include` at the root of a subscription (GraphQL specification of September 2025, section 5.2.4.1).
 * The rule of graphql-js 16 throws for such a condition with a variable. The document need not be valid.
 */
export function conditionalSubscriptionRoot(document: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const entered = new Set<string>();

  function conditionIn({ selections }: SelectionSetNode): DirectiveNode | undefined {
    for (const selection of selections) {
      const own = selection.directives?.find(({ name }) => CONDITIONS.includes(name.value));
      if (own !== undefined) return own;
      const inner = selection.kind === Kind.FIELD ? undefined : conditionInFragment(selection);
      if (inner !== undefined) return inner;
    }
    return undefined;
  }

  function conditionInFragment(
    selection: Exclude<SelectionSetNode['selections'][number], { kind: Kind.FIELD }>,
  ): DirectiveNode | undefined {
    if (selection.kind === Kind.INLINE_FRAGMENT) return conditionIn(selection.selectionSet);
    const name = selection.name.value;
    if (entered.has(name)) return undefined;
    entered.add(name);
    const fragment = fragments.get(name);
    return fragment && conditionIn(fragment.selectionSet);
  }

  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION || node.operation !== 'subscription') continue;
    entered.clear();
    const condition = conditionIn(node.selectionSet);
    if (condition === undefined) continue;
    const message = `The root field of a subscription cannot have @${condition.name.value}: remove it.`;
    return new GraphQLError(message, { nodes: condition, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
  return undefined;
}
