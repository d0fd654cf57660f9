export interface PreparationTurnsOptions {
  /** Operations that may wait for their first turn. */
  readonly maxWaiting: number;
  /** Hears how many more or fewer operations wait for their first turn. */
  readonly onWaiting: (change: number) => void;
  /** The error of an operation that may not wait. */
  readonly refusal: () => Error;
}

/** The longest pause between two turns, in ms: a rare turn that takes long holds the next one up no longer than this. */
const MAX_PAUSE_MS = 100;

/** Turns pause for known operations as long as the last one came at most this long ago, in ms. */
const KNOWN_WINDOW_MS = 100;

/**
 * Turns on this thread for operations that are not known, which are parsed, validated and compiled on it. There is one turn in an
 * iteration of the event loop. While clients send known operations, too, a pause as long as the turn follows it: known operations have
 * half of the thread at least, however many clients send new ones.
 */
export class PreparationTurns {
  readonly #options: PreparationTurnsOptions;
  readonly #first: (() => void)[] = [];
  readonly #further: (() => void)[] = [];
  #isScheduled = false;
  #pauseEnd = 0;
  #lastKnown = Number.NEGATIVE_INFINITY;

  constructor(options: PreparationTurnsOptions) {
    this.#options = options;
  }

  /**
   * Resolves at the beginning of an operation's first turn, which ends when nothing is left to do without waiting.
   *
   * @throws the refusal when too many wait
   */
  async begin(): Promise<void> {
    const { maxWaiting, onWaiting, refusal } = this.#options;
    if (this.#first.length >= maxWaiting) throw refusal();
    onWaiting(1);
    await this.#turn(this.#first);
    onWaiting(-1);
  }

  /** Notes that a client has sent a known operation, for which turns then pause. */
  noteKnown(): void {
    this.#lastKnown = performance.now();
  }

  /** Resolves at the beginning of a further turn, which comes before all first ones: what has begun is finished. */
  async resume(): Promise<void> {
    await this.#turn(this.#further);
  }

  #turn(queue: (() => void)[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.push(resolve);
    if (!this.#isScheduled) this.#schedule();
    return promise;
  }

  #schedule(): void {
    this.#isScheduled = true;
    const pause = this.#pauseEnd - performance.now();
    if (pause > 0) setTimeout(() => this.#run(), pause);
    else this.#run();
  }

  /** Node empties the queue of microtasks between two immediates: the second one begins when the turn has ended. */
  #run(): void {
    let begun = 0;
    setImmediate(() => {
      begun = performance.now();
      const next = this.#further.shift() ?? this.#first.shift();
      next?.();
    });
    setImmediate(() => {
      const now = performance.now();
      const isShared = now - this.#lastKnown < KNOWN_WINDOW_MS;
      this.#pauseEnd = isShared ? now + Math.min(now - begun, MAX_PAUSE_MS) : 0;
      this.#isScheduled = false;
      if (this.#further.length + this.#first.length > 0) this.#schedule();
    });
  }
}
