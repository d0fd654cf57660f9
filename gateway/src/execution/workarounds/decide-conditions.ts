/**
 * Fault: the planner loses conditions. A fetch requires the fields of a `@requires` whose own field is skipped, and a
 * condition within another one vanishes.
 *
 * Input: `query ($yes: Boolean!) { t { b c @include(if: $yes) } }` with `yes: false` on the subgraphs
 *
 *     # one
 *     type Query { t: T }
 *     type T @key(fields: "id") { id: ID! a: Int }
 *     # two
 *     type T @key(fields: "id") { id: ID! a: Int @external b: Int c: Int @requires(fields: "a") }
 *
 * Apollo Gateway returns null as `b`. For `{ t @include(if: $yes) { c b @include(if: false) } }` with `yes: true` it
 * fetches `b`.
 *
 * Upstream: https://github.com/apollographql/federation/issues/3317
 *
 * The gateway therefore plans an operation for each combination of its conditions (`compile-operation.ts`).
 */
import { type DirectiveNode, GraphQLIncludeDirective, GraphQLSkipDirective } from 'graphql';
import { isIncluded, type SelectionScope } from '../../graphql/collect-fields.ts';
import type { NormalizedSelection } from '../../graphql/normalized-operation.ts';

const CONDITIONS: readonly string[] = [GraphQLSkipDirective.name, GraphQLIncludeDirective.name];

/** Returns the selections that apply for the values of the variables. */
export function decideConditions(
  scope: SelectionScope,
  selections: readonly NormalizedSelection[],
): readonly NormalizedSelection[] {
  return selections.filter((selection) => isIncluded(scope, selection));
}

export function withoutConditions(directives: readonly DirectiveNode[]): readonly DirectiveNode[] {
  return directives.filter(({ name }) => !CONDITIONS.includes(name.value));
}
