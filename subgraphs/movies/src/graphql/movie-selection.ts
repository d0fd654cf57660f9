import { type SelectionInfo, selectedFacts } from '@marquee/subgraph/execution/selected-facts';
import type { MovieSelection } from '../application/movie-selection.ts';

/** The part of `info` from which a selection is read. */
export type ResolveInfo = SelectionInfo;

/**
 * Cached selections. The nodes of a field are one array for all movies, and for all executions of an operation with the same conditions (see
 * `Plan` in docs/decisions/0013), so 100 references read one selection.
 */
const selections = new WeakMap<ResolveInfo['fieldNodes'], Map<string, MovieSelection>>();

/** Returns the facts that an operation needs of the movies at `path` below the field that is being resolved: `edges`, `node`. */
export function movieSelectionOf(info: ResolveInfo, ...path: readonly string[]): MovieSelection {
  const { fieldNodes } = info;
  let byPath = selections.get(fieldNodes);
  if (byPath === undefined) {
    byPath = new Map();
    selections.set(fieldNodes, byPath);
  }
  const key = path.join('.');
  let selection = byPath.get(key);
  if (selection === undefined) {
    selection = selectedFacts(info, 'Movie', path) as MovieSelection;
    byPath.set(key, selection);
  }
  return selection;
}
