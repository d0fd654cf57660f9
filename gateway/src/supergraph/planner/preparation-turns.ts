export interface PreparationTurnsOptions {
  /** Operations that may wait for their first turn. */
  readonly maxWaiting: number;
  /** Hears how many more or fewer operations wait for their first turn. */
  readonly onWaiting: (change: number) => void;
  /** The error of an operation that may not wait. */
  readonly refusal: () => Error;
}

/** The time in ms that the turns in one iteration of the event loop are to take together; one that takes longer is alone. */
const ITERATION_MS = 4;

/** The longest pause between two turns, in ms: a rare turn that takes long holds the next one up no longer than this. */
const MAX_PAUSE_MS = 100;

/** Turns pause for known operations as long as the last one came at most this long ago, in ms. */
const KNOWN_WINDOW_MS = 100;

/**
 * Turns on this thread for operations that are not known, which are parsed, validated and compiled on it. An iteration of the event loop
 * has one turn, or a few where the last ones were short. While clients send known operations, too, a pause as long as the turns follows them:
 * known operations have half of the thread at least, however many clients send new ones.
 */
export class PreparationTurns {
  readonly #options: PreparationTurnsOptions;
  readonly #first: (() => void)[] = [];
  readonly #further: (() => void)[] = [];
  #isScheduled = false;
  #pauseEnd = 0;
  /** The mean of the turns in the last iteration, in ms. */
  #turnMs = ITERATION_MS;
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

  /** Node empties the queue of microtasks between two immediates: the second one begins when the turns have ended. */
  #run(): void {
    const count = Math.max(1, Math.floor(ITERATION_MS / this.#turnMs));
    const begins: (() => void)[] = [];
    let begun = 0;
    setImmediate(() => {
      begun = performance.now();
      begins.push(...this.#further.splice(0, count));
      begins.push(...this.#first.splice(0, count - begins.length));
      for (const begin of begins) begin();
    });
    setImmediate(() => {
      const now = performance.now();
      this.#turnMs = (now - begun) / begins.length;
      const isShared = now - this.#lastKnown < KNOWN_WINDOW_MS;
      this.#pauseEnd = isShared ? now + Math.min(now - begun, MAX_PAUSE_MS) : 0;
      this.#isScheduled = false;
      if (this.#further.length + this.#first.length > 0) this.#schedule();
    });
  }
}
