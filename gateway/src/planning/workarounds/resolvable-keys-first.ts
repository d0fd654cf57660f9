/**
 * Fault: to return to a subgraph with a field's requirements, the planner takes the first key of the type, also one with
 * `resolvable: false`, which the subgraph cannot resolve.
 *
 * Input: `{ book { place } }` on the subgraphs
 *
 *     # shelf
 *     type Query { book: Book }
 *     type Book @key(fields: "isbn", resolvable: false) @key(fields: "id") {
 *       isbn: ID! id: ID! title: String @external place: String @requires(fields: "title") }
 *     # titles
 *     type Book @key(fields: "isbn") { isbn: ID! title: String }
 *
 * Apollo Gateway sends the representation `{ __typename: "Book", title, isbn }` to shelf and returns null.
 *
 * Upstream: https://github.com/apollographql/federation/pull/3137, which 2.14.4 of the planner does not contain.
 */
import type { ConstDirectiveNode } from 'graphql';
import { booleanArgument } from '../join-directives.ts';

/** Moves keys that a subgraph does not resolve behind those that it does. */
export function resolvableKeysFirst(directives: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
  const isUnresolvable = (directive: ConstDirectiveNode) =>
    directive.name.value === 'join__type' && booleanArgument(directive, 'resolvable') === false;
  return [
    ...directives.filter((directive) => !isUnresolvable(directive)),
    ...directives.filter((directive) => isUnresolvable(directive)),
  ];
}
