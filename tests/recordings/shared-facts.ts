type Node = Record<string, unknown>;

/** Objects that several movies share, by the last name of their path. */
const SHARED = ['person', 'productionCompanies', 'collection', 'genres', 'spokenLanguages', 'productionCountries'];

/**
 * The facts of objects that several recordings share. Recordings of different years differ, and the graph has the latest values, so a
 * shared object that equals any recording is replaced by its key.
 */
export class SharedFacts {
  readonly #factsByKey = new Map<string, Set<string>>();

  learn(movie: unknown): void {
    visit(movie, (place, node) => {
      const key = keyOf(place, node);
      this.#factsByKey.set(key, (this.#factsByKey.get(key) ?? new Set()).add(factsIn(node)));
    });
  }

  /** Replaces shared objects that equal one of the recordings by their key. */
  reduce<Movie>(movie: Movie): Movie {
    const copy = structuredClone(movie);
    visit(copy, (place, node) => {
      const key = keyOf(place, node);
      if (!this.#factsByKey.get(key)?.has(factsIn(node))) return;
      for (const name of Object.keys(node)) delete node[name];
      node.key = key;
    });
    return copy;
  }
}

function factsIn(node: Node): string {
  return JSON.stringify(Object.entries(node).sort());
}

function keyOf(place: string, node: Node): string {
  return `${place} ${node.id ?? node.code}`;
}

function visit(value: unknown, found: (place: string, node: Node) => void, place = ''): void {
  if (Array.isArray(value)) {
    for (const entry of value) visit(entry, found, place);
  } else if (typeof value === 'object' && value !== null) {
    if (SHARED.includes(place)) found(place, value as Node);
    else for (const [name, inner] of Object.entries(value)) visit(inner, found, name);
  }
}
