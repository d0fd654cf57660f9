import DataLoader from 'dataloader';

/** A DataLoader by id: calls within one tick are one read, and each id is read once in a request. */
export interface Loader<Value, Id extends string | number = string> {
  load(id: Id): Promise<Value>;
}

/** A DataLoader of a field with arguments: ids with equal arguments are one read. */
export interface FieldLoader<Args, Value, Id extends string | number = string> {
  load(id: Id, args: Args): Promise<Value>;
}

/**
 * Returns a loader that batches ids into one read. Create one for each request: it caches results.
 *
 * @param read reads distinct ids in one statement; an id without a result is absent
 * @param absent the value of an absent id
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
  // Created at the first call: a request uses few of its loaders.
  let loader: DataLoader<Id, Value> | undefined;
  return {
    load(id) {
      loader ??= new DataLoader(readBatch);
      return loader.load(id);
    },
  };
}

/**
 * Returns a loader of a field with arguments (`cast(first: 5)`): one read for each distinct set of arguments, whatever the number of
 * parents. Arguments are compared as JSON, so they must be plain data.
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
  // The arguments of a call are usually the same object as those of the previous one.
  let last: { readonly args: Args; readonly loader: Loader<Value, Id> } | undefined;
  return {
    load(id, args) {
      if (last === undefined || last.args !== args) last = { args, loader: loaderFor(args) };
      return last.loader.load(id);
    },
  };
}
