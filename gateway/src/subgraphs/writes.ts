/** Announces writes to the other processes that serve the same clients. */
export interface WriteAnnouncer {
  /** Resolves once each of them has heard that a write begins; never rejects. */
  begin(): Promise<void>;
  end(): void;
}

/**
 * Writes in progress, which decide what queries may share. A write takes effect at some moment between its request to a subgraph and the
 * answer: what is read after that moment must not come from a request that was sent before it.
 */
export class Writes {
  readonly #others: WriteAnnouncer | undefined;
  #own = 0;
  #ofOthers = 0;
  #changes = 0;

  constructor(others?: WriteAnnouncer) {
    this.#others = others;
  }

  /**
   * The interval between two writes that this moment belongs to; undefined while a write is in progress. Two requests of the same epoch have
   * no write between them, nor during either's beginning.
   */
  get epoch(): number | undefined {
    return this.#own + this.#ofOthers > 0 ? undefined : this.#changes;
  }

  /** Begins a write, which may be sent once this resolves. */
  async begin(): Promise<void> {
    this.#own += 1;
    this.#changes += 1;
    await this.#others?.begin();
  }

  end(): void {
    this.#own -= 1;
    this.#changes += 1;
    this.#others?.end();
  }

  /** Takes the number of writes in progress in other processes. It changes the epoch even when the number is the same. */
  hearOfOthers(count: number): void {
    this.#ofOthers = count;
    this.#changes += 1;
  }
}
