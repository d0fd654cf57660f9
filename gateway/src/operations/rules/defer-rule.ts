import { type ASTNode, GraphQLError, Kind, type ValidationContext, type ValidationRule } from 'graphql';
import { DEFER } from '../../directives/defer.ts';

/**
 * Restricts `@defer`: not at the root of a mutation, whose fields run in order; with a label that is a string, unique in the document
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
        report(`Nothing of the root type ${root.name} can be deferred.`, node);
      }
      const label = node.arguments?.find(({ name }) => name.value === 'label')?.value;
      if (label === undefined || label.kind === Kind.NULL) return;
      if (label.kind !== Kind.STRING) return report('The label of @defer must be written out.', label);
      if (labels.has(label.value)) report(`The label ${JSON.stringify(label.value)} stands more than once.`, label);
      labels.add(label.value);
    },
  };
};
