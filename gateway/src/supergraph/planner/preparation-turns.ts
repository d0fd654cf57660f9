export interface PreparationTurnsOptions {
  /** Limit of operations that wait for their first turn. */
  readonly maxWaiting: number;
  /** Called with the change of the number of waiting operations. */
  readonly onWaiting: (change: number) => void;
  /** Creates the error of an operation beyond the limit. */
  readonly rejection: () => Error;
}

/** Time that the turns of one iteration of the event loop take together, in ms; a longer turn is alone. */
const ITERATION_MS = 4;

/** The longest pause between two turns, in ms, so that one slow turn does not delay the next for longer. */
const MAX_PAUSE_MS = 100;

/** Time after the last cache hit during which turns pause, in ms. */
const KNOWN_WINDOW_MS = 100;

/**
 * Turns on this thread for operations that are not cached: parsing, validation and compilation. An iteration of the
 * event loop has one turn, or several short ones. While clients also send cached operations, a pause as long as the
 * turns follows them: cached operations get at least half of the thread.
 */
export class PreparationTurns {
  readonly #options: PreparationTurnsOptions;
  readonly #first: (() => void)[] = [];
  readonly #further: (() => void)[] = [];
  #isScheduled = false;
  #pauseEnd = 0;
  /** Mean duration of the last iteration's turns, in ms. */
  #turnMs = ITERATION_MS;
  #lastKnown = Number.NEGATIVE_INFINITY;

  constructor(options: PreparationTurnsOptions) {
    this.#options = options;
  }

  /**
   * Resolves at the beginning of an operation's first turn, which ends when it awaits something.
   *
   * @throws the rejection when too many operations wait
   */
  async begin(): Promise<void> {
    const { maxWaiting, onWaiting, rejection } = this.#options;
    if (this.#first.length >= maxWaiting) throw rejection();
    onWaiting(1);
    await this.#turn(this.#first);
    onWaiting(-1);
  }

  /** Notes a cache hit, for which turns then pause. */
  noteCacheHit(): void {
    this.#lastKnown = performance.now();
  }

  /**
   * Resolves at the beginning of a further turn. Further turns precede first ones: operations that have begun are
   * finished.
   */
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

  /**
   * Runs turns between two immediates: Node drains the microtasks in between, so the second begins when the turns have
   * ended.
   */
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
