import { type ASTNode, GraphQLError, Kind, type ValidationContext, type ValidationRule } from 'graphql';
import { DEFER } from '../../directives/defer.ts';

/**
 * Requires of `@defer` that it is not at the root of a mutation, and that its label is a string literal that is unique in the document
 * (https://github.com/graphql/defer-stream-wg, as of 2022-08-24).
 */
export const deferRule: ValidationRule = (context: ValidationContext) => {
  const schema = context.getSchema();
  const labels = new Set<string>();
  const report = (message: string, nodes: ASTNode) => context.reportError(new GraphQLError(message, { nodes }));
  return {
    Directive(node) {
      if (node.name.value !== DEFER) return;
      const root = context.getParentType();
      if (root && (root === schema.getMutationType() || root === schema.getSubscriptionType())) {
        report(`Fields of the root type ${root.name} cannot be deferred.`, node);
      }
      const label = node.arguments?.find(({ name }) => name.value === 'label')?.value;
      if (label === undefined || label.kind === Kind.NULL) return;
      if (label.kind !== Kind.STRING)
        return report('The label of @defer must be a string literal, not a variable.', label);
      if (labels.has(label.value))
        report(
          `The label ${JSON.stringify(label.value)} is used more than once: labels of @defer must be unique.`,
          label,
        );
      labels.add(label.value);
    },
  };
};
