import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { Loader } from '@marquee/subgraph/loader';
import { decodeNodeId, encodeNodeId } from '@marquee/subgraph/node-id';
import type { Context } from './context.ts';
import { tmdbNumberOf } from './inputs.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';

/** An object that another subgraph owns, which decides whether it exists. */
export interface Reference {
  readonly id: string;
}

type FindNode = (id: string, context: Context, info: ResolveInfo) => Promise<object | null> | object | null;

const FIND_NODE: ReadonlyMap<string, FindNode> = new Map<string, FindNode>([
  ['Movie', (id, { loaders }, info) => loaders.movie.load(id, movieSelectionOf(info))],
  ['Genre', (id, { loaders }) => byCanonicalNumber(id, loaders.genre)],
  ['Collection', (id, { loaders }) => byCanonicalNumber(id, loaders.collection)],
  ['Company', (id, { loaders }) => byCanonicalNumber(id, loaders.company)],
  ['Keyword', (id, { loaders }) => byCanonicalNumber(id, loaders.keyword)],
  ['Person', (id): Reference => ({ id })],
  ['Review', (id): Reference => ({ id })],
]);

/** Returns the object that a client identifies by its `nodeId`; null when there is none. */
export async function findNode(nodeId: string, context: Context, info: ResolveInfo): Promise<object | null> {
  const key = decodeNodeId(nodeId);
  const found = key && (await FIND_NODE.get(key.type)?.(key.id, context, info));
  return found ? { __typename: key.type, ...found } : null;
}

/** Returns null for an id that is not the number's shortest form, such as `028`: an object has one `nodeId`. */
function byCanonicalNumber<Value>(id: string, loader: Loader<Value | null, number>): Promise<Value | null> | null {
  const number = tmdbNumberOf(id);
  return number === undefined || String(number) !== id ? null : loader.load(number);
}

const fromReference = readingWhole<Reference, Context>();

export const Person = { nodeId: fromReference(({ id }) => encodeNodeId('Person', id)) };

export const Review = { nodeId: fromReference(({ id }) => encodeNodeId('Review', id)) };
