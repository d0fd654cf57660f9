import DataLoader from 'dataloader';

/** Loads by id: calls within one tick are one read, and each id is read once in a request. */
export interface Loader<Value, Id extends string | number = string> {
  load(id: Id): Promise<Value>;
}

/** Loads a field with arguments: ids with equal arguments are one read. */
export interface FieldLoader<Args, Value, Id extends string | number = string> {
  load(id: Id, args: Args): Promise<Value>;
}

/**
 * Returns a loader that batches ids into one read. Make one for each request: it caches what it loaded.
 *
 * @param read reads distinct ids in one statement; an id that it leaves out is absent
 * @param absent the value of an id that `read` left out
 */
export function createLoader<Value, Id extends string | number = string>(
  read: (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Value>>,
  absent: (id: Id) => Value,
): Loader<Value, Id> {
  async function readBatch(ids: readonly Id[]): Promise<Value[]> {
    const found = await read(ids);
    return ids.map((id) => {
      const value = found.get(id);
      return value === undefined ? absent(id) : value;
    });
  }
  // Created at the first call: most loaders of a request get none.
  let loader: DataLoader<Id, Value> | undefined;
  return {
    load(id) {
      loader ??= new DataLoader(readBatch);
      return loader.load(id);
    },
  };
}

/**
 * A batching loader for a field with arguments (`cast(first: 5)`): one read for each distinct set of arguments, however many
 * parents there are. Arguments are compared as JSON, so they must be plain data.
 */
export function createFieldLoader<Args, Value, Id extends string | number = string>(
  read: (ids: readonly Id[], args: Args) => Promise<ReadonlyMap<Id, Value>>,
  absent: (id: Id) => Value,
): FieldLoader<Args, Value, Id> {
  const loaders = new Map<string, Loader<Value, Id>>();
  function loaderFor(args: Args): Loader<Value, Id> {
    const key = JSON.stringify(args);
    let loader = loaders.get(key);
    if (loader === undefined) {
      loader = createLoader((ids) => read(ids, args), absent);
      loaders.set(key, loader);
    }
    return loader;
  }
  // Most often the arguments of one call are those of the one before, the very object.
  let last: { readonly args: Args; readonly loader: Loader<Value, Id> } | undefined;
  return {
    load(id, args) {
      if (last === undefined || last.args !== args) last = { args, loader: loaderFor(args) };
      return last.loader.load(id);
    },
  };
}
