/**
 * The results of an operation as graphql-ws awaits them. It has none: results are written to the socket directly.
 * graphql-ws sends `complete` when it ends.
 */
export class OperationResults implements AsyncGenerator<never, void, void> {
  readonly #end = Promise.withResolvers<void>();
  readonly #onReturn: () => void;

  /** @param onReturn called when the client ends the operation, or its socket closes */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  end(): void {
    this.#end.resolve();
  }

  async next(): Promise<IteratorResult<never, void>> {
    await this.#end.promise;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<never, void>> {
    this.#onReturn();
    this.end();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<never, void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
