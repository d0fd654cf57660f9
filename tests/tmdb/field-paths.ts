type Node = Record<string, unknown>;

/** A path such as `results[].release_dates[].descriptors[]`, taken apart. */
export interface FieldPath {
  /** The way to each list of objects, from the one before: `results`, then `release_dates`. */
  readonly lists: readonly (readonly string[])[];
  /** The way from the innermost object to the value. */
  readonly leaf: readonly string[];
  /** Whether the value is a list itself. */
  readonly isList: boolean;
}

export function parsePath(path: string): FieldPath {
  const isList = path.endsWith('[]');
  const ways = (isList ? path.slice(0, -2) : path).split(/\[\]\.?/).map((way) => way.split('.'));
  return { lists: ways.slice(0, -1), leaf: ways.at(-1) ?? [], isList };
}

/** What stands there; undefined where something on the way is absent or null. */
export function valueAt(node: unknown, way: readonly string[]): unknown {
  return way.reduce((at, name) => (at as Node | null | undefined)?.[name], node);
}

/** Puts a value there, and objects on the way; nothing where one of these is null. */
export function putAt(node: Node, way: readonly string[], value: unknown): void {
  const [name = '', ...rest] = way;
  if (rest.length === 0) {
    node[name] = value;
  } else if (node[name] !== null) {
    node[name] ??= {};
    putAt(node[name] as Node, rest, value);
  }
}

/** The innermost objects of nested lists, each with those that it is in: the body first. */
export function chainsOf(body: Node, lists: FieldPath['lists']): Node[][] {
  return lists.reduce<Node[][]>(
    (chains, way) =>
      chains.flatMap((chain) => ((valueAt(chain.at(-1), way) ?? []) as Node[]).map((item) => [...chain, item])),
    [[body]],
  );
}

/** The paths of everything in a body that is neither an object nor a list. */
export function leavesOf(value: unknown, path = ''): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((entry) => [...leavesOf(entry, `${path}[]`)]));
  if (typeof value !== 'object' || value === null) return new Set([path]);
  return new Set(
    Object.entries(value).flatMap(([name, inner]) => [...leavesOf(inner, path === '' ? name : `${path}.${name}`)]),
  );
}
