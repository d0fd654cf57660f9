/**
 * Fault: where a subgraph defines an interface as an object, the planner fetches a field of one type for all types in
 * one request. Objects of the other types lack what the field requires, and get none of the request's other fields.
 *
 * Input: `{ media { votes ... on Song { summary } } }`, with a film and a song, on the subgraphs
 *
 *     # base
 *     type Query { media: [Media!]! }
 *     interface Media @key(fields: "id") { id: ID! title: String }
 *     type Film implements Media @key(fields: "id") { id: ID! title: String }
 *     type Song implements Media @key(fields: "id") { id: ID! title: String }
 *     # votes
 *     type Media @key(fields: "id") @interfaceObject {
 *       id: ID! title: String @external votes: Int! summary: String @requires(fields: "title") }
 *
 * The plan requires `{ ... on Media { id title } ... on Song { id } }` for `{ votes summary }`. Apollo Gateway sends no
 * representation of the film, whose title the plan does not fetch: `votes` is null, and so is the data.
 */
import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { interfaceObjectKey, type PreprocessedSupergraph } from '../preprocess-supergraph.ts';

/** Returns true when the fields of a type in a fetch need requests of their own unless they require the same fields. */
export function mixesTypes(
  { interfaceObjects }: PreprocessedSupergraph,
  subgraph: string,
  type: string,
  requires: readonly QueryPlanSelectionNode[],
): boolean {
  if (!interfaceObjects.has(interfaceObjectKey(subgraph, type))) return false;
  const types = requires.map((selection) => (selection.kind === 'InlineFragment' ? selection.typeCondition : ''));
  return new Set(types).size > 1;
}
