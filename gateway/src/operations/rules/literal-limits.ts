import {
  type ArgumentNode,
  type DirectiveNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationRule,
  type ValueNode,
} from 'graphql';

/**
 * Rejects a literal with more than `most` nested lists and input objects, in arguments and in defaults of variables, with the code
 * `LITERAL_DEPTH_LIMIT_EXCEEDED`.
 */
export function literalDepthRule(most: number): ValidationRule {
  return (context) => {
    let depth = 0;
    const level = {
      enter(node: ValueNode) {
        depth += 1;
        if (depth !== most + 1) return;
        const message = `A literal has more than ${most} nested lists and input objects: send it as a variable.`;
        context.reportError(
          new GraphQLError(message, { nodes: node, extensions: { code: 'LITERAL_DEPTH_LIMIT_EXCEEDED' } }),
        );
      },
      leave() {
        depth -= 1;
      },
    };
    return { ListValue: level, ObjectValue: level };
  };
}

/**
 * Rejects an operation whose literals have more than `most` values, lists and input objects included, with the code `LITERAL_LIMIT_EXCEEDED`.
 * A fragment counts as often as it is spread, and must have no cycles.
 */
export function literalCountRule(most: number): ValidationRule {
  return (context) => {
    const counts = new Map<FragmentDefinitionNode, number>();

    function ofSelections({ selections }: SelectionSetNode): number {
      let sum = 0;
      for (const selection of selections) {
        sum += ofDirectives(selection.directives);
        if (selection.kind === Kind.FRAGMENT_SPREAD) sum += ofFragment(context.getFragment(selection.name.value));
        else if (selection.selectionSet !== undefined) sum += ofSelections(selection.selectionSet);
        if (selection.kind === Kind.FIELD) sum += ofArguments(selection.arguments);
      }
      return sum;
    }

    function ofFragment(fragment: FragmentDefinitionNode | null | undefined): number {
      if (!fragment) return 0;
      let count = counts.get(fragment);
      if (count === undefined) {
        count = ofSelections(fragment.selectionSet);
        counts.set(fragment, count);
      }
      return count;
    }

    return {
      OperationDefinition(node) {
        const { variableDefinitions = [], directives, selectionSet } = node;
        let count = ofDirectives(directives) + ofSelections(selectionSet);
        for (const definition of variableDefinitions) {
          count += ofDirectives(definition.directives);
          if (definition.defaultValue !== undefined) count += valuesIn(definition.defaultValue);
        }
        if (count <= most) return;
        const message = `The literals of the operation have more than ${most} values: send them as variables.`;
        context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'LITERAL_LIMIT_EXCEEDED' } }));
      },
    };
  };
}

function ofDirectives(directives: readonly DirectiveNode[] = []): number {
  return directives.reduce((sum, directive) => sum + ofArguments(directive.arguments), 0);
}

function ofArguments(given: readonly ArgumentNode[] = []): number {
  return given.reduce((sum, { value }) => sum + valuesIn(value), 0);
}

function valuesIn(node: ValueNode): number {
  if (node.kind === Kind.LIST) return node.values.reduce((sum, item) => sum + valuesIn(item), 1);
  if (node.kind === Kind.OBJECT) return node.fields.reduce((sum, { value }) => sum + valuesIn(value), 1);
  return node.kind === Kind.VARIABLE ? 0 : 1;
}
