import {
  type ConnectionHandlers,
  EventStreamInterrupted,
  type SubgraphEvent,
  SubscriptionRejected,
} from './event-connection.ts';

/** A running subscription at a subgraph. */
export interface EventStream {
  /** Stops reading: events wait at the subgraph. */
  pause(): void;
  resume(): void;
  /** Ends the subscription without calling a handler. */
  close(): void;
}

export interface StreamHandlers {
  /** The position before the first event. */
  onPosition(id: string): void;
  onEvent(event: SubgraphEvent): void;
  /** The subgraph completed the subscription; called last. */
  onComplete(): void;
  /** The subscription cannot go on; called last. */
  onFailure(error: Error): void;
}

export interface ResumingOptions {
  readonly lastEventId: string | undefined;
  /** Time for which a lost connection is tried again, in ms. */
  readonly reconnectMs: number;
  /** Opens a connection whose events begin after a position. */
  readonly connect: (from: string | undefined, handlers: ConnectionHandlers) => EventStream;
}

/** Backoff is random between half of this and this, doubled for each attempt. */
const INITIAL_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;

/** Time after which a connection without events counts as stable. */
const STABLE_MS = 5_000;

/**
 * An event stream that survives its connections. A lost one is replaced by one that resumes at the last event id. Without
 * an id, or after {@link ResumingOptions.reconnectMs}, the stream fails: going on would hide a gap.
 */
export class ResumingEventStream implements EventStream {
  readonly #handlers: StreamHandlers;
  readonly #options: ResumingOptions;
  readonly #opened = Promise.withResolvers<void>();
  #connection: EventStream | undefined;
  #lastEventId: string | undefined;
  #isOpened = false;
  #isClosed = false;
  #isPaused = false;
  #attempts = 0;
  /** Time since which no connection was stable; undefined while one is. */
  #lostAt: number | undefined;
  #openSince: number | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(handlers: StreamHandlers, options: ResumingOptions) {
    this.#handlers = handlers;
    this.#options = options;
    this.#lastEventId = options.lastEventId;
    this.#connect();
  }

  /** Resolves when the first connection is open; rejects with its error. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#connection?.resume();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#connection?.close();
  }

  #connect(): void {
    this.#openSince = undefined;
    this.#connection = this.#options.connect(this.#lastEventId, {
      onOpen: () => this.#onOpen(),
      onPosition: (id) => {
        this.#lastEventId = id;
        this.#handlers.onPosition(id);
      },
      onEvent: (event) => {
        this.#markStable();
        // An event without an id leaves the last one in place, as in any event stream.
        this.#lastEventId = event.id ?? this.#lastEventId;
        this.#handlers.onEvent(event);
      },
      onComplete: () => {
        this.#isClosed = true;
        this.#handlers.onComplete();
      },
      onFailure: (error) => this.#onFailure(error),
    });
    if (this.#isPaused) this.#connection.pause();
  }

  #markStable(): void {
    this.#attempts = 0;
    this.#lostAt = undefined;
  }

  #onOpen(): void {
    this.#openSince = performance.now();
    this.#isOpened = true;
    this.#opened.resolve();
  }

  #onFailure(error: Error): void {
    if (this.#isClosed) return;
    if (!this.#isOpened) {
      this.#isClosed = true;
      this.#opened.reject(error);
      return;
    }
    const now = performance.now();
    if (this.#openSince !== undefined && now - this.#openSince >= STABLE_MS) this.#markStable();
    this.#lostAt ??= now;
    const backoff = Math.min(INITIAL_BACKOFF_MS * 2 ** this.#attempts, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2);
    const isLate = now + backoff > this.#lostAt + this.#options.reconnectMs;
    const isRejected = error instanceof SubscriptionRejected;
    if ((isRejected && !error.isTemporary) || this.#lastEventId === undefined || isLate) {
      this.#isClosed = true;
      this.#handlers.onFailure(isRejected ? error : new EventStreamInterrupted(error.message, { cause: error }));
      return;
    }
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), backoff);
  }
}
