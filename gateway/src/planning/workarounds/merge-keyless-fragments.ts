/**
 * Fault: where one type of an interface is selected and a subgraph defines the interface as an object, the planner adds
 * what a field requires to the representations of all types, without their keys.
 *
 * Input: `{ popular { ... on Film { summary } } }`, with a film and a song, on the subgraphs
 *
 *     # base
 *     interface Media @key(fields: "id") { id: ID! title: String }
 *     type Film implements Media @key(fields: "id") { id: ID! title: String }
 *     type Song implements Media @key(fields: "id") { id: ID! title: String }
 *     # votes
 *     type Query { popular: [Media] }
 *     type Media @key(fields: "id") @interfaceObject {
 *       id: ID! title: String @external summary: String @requires(fields: "title") }
 *
 * The plan requires `{ ... on Film { id } ... on Media { title } }`. Apollo Gateway sends `{ __typename: "Media", title }`
 * for the song, the subgraph cannot resolve it, and the film's summary fails with it.
 */
import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { PreprocessedSupergraph } from '../preprocess-supergraph.ts';

type Fragment = Extract<QueryPlanSelectionNode, { kind: 'InlineFragment' }>;

/** Merges the fragments of a representation that have no key into those of the same or a more specific type that have one. */
export function mergeKeylessFragments(
  { keys, implementations }: PreprocessedSupergraph,
  requires: QueryPlanSelectionNode[],
): QueryPlanSelectionNode[] {
  const hasKey = ({ typeCondition = '', selections }: Fragment) =>
    selections.some((selection) => selection.kind === 'Field' && keys.get(typeCondition)?.has(selection.name) === true);
  const fragments = requires.filter((selection) => selection.kind === 'InlineFragment');
  const keyed = fragments.filter(hasKey);
  const includes = ({ typeCondition: type = '' }: Fragment, { typeCondition: abstract = '' }: Fragment) =>
    type === abstract || implementations.get(abstract)?.has(type) === true;
  const keyless = fragments.filter(
    (fragment) => !keyed.some((other) => includes(fragment, other)) && keyed.some((other) => includes(other, fragment)),
  );
  if (keyless.length === 0) return requires;
  return requires.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind !== 'InlineFragment' || !hasKey(selection)) {
      return keyless.some((fragment) => fragment === selection) ? [] : [selection];
    }
    const merged = keyless.filter((fragment) => includes(selection, fragment)).flatMap(({ selections }) => selections);
    return [{ ...selection, selections: [...selection.selections, ...merged] }];
  });
}
