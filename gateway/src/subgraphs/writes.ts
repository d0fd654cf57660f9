/** Announces writes to the other worker processes. */
export interface WriteAnnouncer {
  /** Resolves when each of them knows that a write begins; never rejects. */
  begin(): Promise<void>;
  end(): void;
}

/**
 * Writes in progress, which decide what queries may share. A write takes effect between its request to a subgraph and
 * the response. A query that starts later must not join a request that was sent earlier.
 */
export class WriteTracker {
  readonly #others: WriteAnnouncer | undefined;
  #own = 0;
  #ofOthers = 0;
  #changes = 0;

  constructor(others?: WriteAnnouncer) {
    this.#others = others;
  }

  /**
   * The interval between two writes that the present belongs to; undefined while a write is in progress. Two requests
   * of one epoch have no write between them.
   */
  get epoch(): number | undefined {
    return this.#own + this.#ofOthers > 0 ? undefined : this.#changes;
  }

  /** Begins a write; it may be sent when this resolves. */
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

  /** Sets the number of writes in progress in other processes. It changes the epoch even when the number stays. */
  setOthers(count: number): void {
    this.#ofOthers = count;
    this.#changes += 1;
  }
}
