import { createGate } from '@marquee/event-log/gate';
import type { Change, HistoryEntry } from './change-history.ts';
import { encodeEventId, type Positions } from './event-id.ts';
import { subscriptionGap } from './subscription-error.ts';

/** A change for one subscription. */
export interface FeedEvent {
  readonly change: Change;
  /** The id of the position after the change. */
  readonly id: string;
}

/** The positions of the feed after a record; subscribers share their encoded form. */
export class Moment {
  readonly #topic: string;
  readonly positions: Positions;
  #id: string | undefined;

  constructor(topic: string, positions: Positions) {
    this.#topic = topic;
    this.positions = positions;
  }

  /** Returns the id of these positions, or of later ones that a subscriber began at. */
  idFrom(start: Positions): string {
    if (start.some((offset, partition) => offset > (this.positions[partition] ?? 0n)))
      return encodeEventId(this.#topic, latest(start, this.positions));
    this.#id ??= encodeEventId(this.#topic, this.positions);
    return this.#id;
  }
}

export interface SubscriberOptions {
  readonly topic: string;
  readonly channels: ReadonlySet<string>;
  /** Positions at which the subscription begins. */
  readonly start: Positions;
  /** Returns the current positions of the feed. */
  readonly positions: () => Positions;
  /** Maximum number of pending events in addition to replayed ones. */
  readonly maxPending: number;
  readonly onClose: () => void;
}

/** One subscription of the feed: the changes of its channels that wait to be executed, in order. */
export class FeedSubscriber {
  readonly channels: ReadonlySet<string>;
  readonly start: Positions;
  readonly #options: SubscriberOptions;
  readonly #pending: { readonly change: Change; readonly moment: Moment }[] = [];
  readonly #news = createGate();
  readonly #overflow = new AbortController();
  #maxPending: number;
  #hasGap = false;
  #isExecuting = false;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.channels = options.channels;
    this.start = options.start;
    this.#maxPending = options.maxPending;
  }

  /** Aborted when more changes wait than the subscription may have pending. */
  get overflow(): AbortSignal {
    return this.#overflow.signal;
  }

  /** The id of the subscription's start. */
  get startId(): string {
    return encodeEventId(this.#options.topic, this.start);
  }

  /** The id of the current positions; undefined while events wait or are executed, which a client that resumed there would miss. */
  get currentId(): string | undefined {
    if (this.#pending.length > 0 || this.#isExecuting || this.#hasGap) return undefined;
    return new Moment(this.#options.topic, this.#options.positions()).idFrom(this.start);
  }

  /** Adds a change that was published before the subscription began. */
  replay(change: Change, moment: Moment): void {
    this.#maxPending += 1;
    this.#pending.push({ change, moment });
  }

  /** Adds a change, unless it lies before the subscription's start. */
  push({ partition, offset, change }: HistoryEntry, moment: Moment): void {
    if (this.#hasGap || offset < (this.start[partition] ?? 0n)) return;
    if (this.#pending.length >= this.#maxPending) {
      this.#overflow.abort();
      return;
    }
    this.#pending.push({ change, moment });
    this.#news.open();
  }

  /** Ends the subscription after its pending events: records that follow them are missing. */
  miss(): void {
    this.#hasGap = true;
    this.#news.open();
  }

  /**
   * Returns the next event, when the previous one has been sent; undefined once the signal is aborted.
   *
   * @throws GraphQLError `SUBSCRIPTION_GAP` when records are missing
   */
  async next(signal: AbortSignal): Promise<FeedEvent | undefined> {
    this.#isExecuting = false;
    while (!signal.aborted) {
      const event = this.#pending.shift();
      if (event !== undefined) {
        this.#isExecuting = true;
        return { change: event.change, id: event.moment.idFrom(this.start) };
      }
      if (this.#hasGap) throw subscriptionGap();
      await this.#news.wait(signal);
    }
    return undefined;
  }

  close(): void {
    this.#options.onClose();
  }
}

/** Returns the greater offset of each partition. */
export function latest(one: Positions, other: Positions): bigint[] {
  return one.map((offset, partition) => {
    const second = other[partition] ?? 0n;
    return offset > second ? offset : second;
  });
}
