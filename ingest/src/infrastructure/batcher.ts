interface Pending<Item, Result> {
  readonly item: Item;
  readonly settled: PromiseWithResolvers<Result>;
}

/**
 * Batches calls: those that arrive while a batch is being sent form the next one. A failed batch rejects all of its calls.
 *
 * @param send returns a result for each item, in their order
 * @returns a function that resolves with the result of its item
 */
export function createBatcher<Item, Result>(
  send: (items: readonly Item[]) => Promise<readonly Result[]>,
  maxItems: number,
): (item: Item) => Promise<Result> {
  const pending: Pending<Item, Result>[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    // Calls of the same turn of the event loop belong to the first batch.
    await Promise.resolve();
    while (pending.length > 0) {
      const batch = pending.splice(0, maxItems);
      try {
        const results = await send(batch.map(({ item }) => item));
        for (const [index, { settled }] of batch.entries()) settled.resolve(results[index] as Result);
      } catch (error) {
        for (const { settled } of batch) settled.reject(error);
      }
    }
    running = false;
  }

  return (item) => {
    const settled = Promise.withResolvers<Result>();
    pending.push({ item, settled });
    if (!running) run();
    return settled.promise;
  };
}
