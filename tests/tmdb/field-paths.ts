type Node = Record<string, unknown>;

/** A parsed path, such as `results[].release_dates[].descriptors[]`. */
export interface FieldPath {
  /** Path to each list of objects, relative to the previous one: `results`, then `release_dates`. */
  readonly lists: readonly (readonly string[])[];
  /** Path from the innermost object to the value. */
  readonly leaf: readonly string[];
  /** True when the value is a list. */
  readonly isList: boolean;
}

export function parsePath(path: string): FieldPath {
  const isList = path.endsWith('[]');
  const ways = (isList ? path.slice(0, -2) : path).split(/\[\]\.?/).map((way) => way.split('.'));
  return { lists: ways.slice(0, -1), leaf: ways.at(-1) ?? [], isList };
}

/** Returns the value at a path; undefined when a parent is absent or null. */
export function valueAt(node: unknown, way: readonly string[]): unknown {
  return way.reduce((at, name) => (at as Node | null | undefined)?.[name], node);
}

/** Sets the value at a path and creates its parents; does nothing when a parent is null. */
export function putAt(node: Node, way: readonly string[], value: unknown): void {
  const [name = '', ...rest] = way;
  if (rest.length === 0) {
    node[name] = value;
  } else if (node[name] !== null) {
    node[name] ??= {};
    putAt(node[name] as Node, rest, value);
  }
}

/** Returns the innermost objects of nested lists below the last object of a chain, each with its parents, the first of the chain first. */
export function chainsOf(chain: readonly Node[], lists: FieldPath['lists']): Node[][] {
  return lists.reduce<Node[][]>(
    (chains, way) =>
      chains.flatMap((chain) => ((valueAt(chain.at(-1), way) ?? []) as Node[]).map((item) => [...chain, item])),
    [[...chain]],
  );
}

/** Returns the paths of all scalar values in a body. */
export function leavesOf(value: unknown, path = ''): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((entry) => [...leavesOf(entry, `${path}[]`)]));
  if (typeof value !== 'object' || value === null) return new Set([path]);
  return new Set(
    Object.entries(value).flatMap(([name, inner]) => [...leavesOf(inner, path === '' ? name : `${path}.${name}`)]),
  );
}
