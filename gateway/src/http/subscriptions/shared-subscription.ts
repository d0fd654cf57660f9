import type { ExecutablePlan } from '../../execution/executable-plan.ts';
import { executeEvent } from '../../execution/execute-plan.ts';
import type { Variables } from '../../execution/variables.ts';
import type { SubgraphEvent } from '../../subgraphs/events/event-connection.ts';
import { SubscriptionRejected } from '../../subgraphs/events/event-connection.ts';
import type { EventStream } from '../../subgraphs/events/resuming-event-stream.ts';
import type { Supergraph } from '../../supergraph/load-supergraph.ts';
import type { FormatError } from '../error-formatter.ts';
import type { RequestContext } from '../request-context.ts';
import { resultText } from '../response-body.ts';
import { EventMessage, MessageBatch } from './event-message.ts';
import { ReplayBuffer, type ReplayLimits } from './replay-buffer.ts';
import type { Subscriber } from './subscriber.ts';
import { COMPLETE, type EndReason, endOf, rejectionEnd, type SubscriptionEnd } from './subscription-end.ts';

/** Everything that decides the events of a subscription and their results. */
export interface SubscriptionExecution {
  readonly supergraph: Supergraph;
  readonly plan: ExecutablePlan;
  readonly variables: Variables;
  readonly context: RequestContext;
  readonly format: FormatError;
}

export interface SharedSubscriptionOptions {
  /** The position after which the events begin; undefined for the present. */
  readonly start: string | undefined;
  readonly replay: ReplayLimits;
  /** Returns true for a client that has left too much unread since earlier messages. */
  readonly isSlow: (subscriber: Subscriber) => boolean;
  /** Called when there are messages to deliver. */
  readonly onMessages: () => void;
  /** Called when the last client has left, or the subscription has ended for all of them. */
  readonly onClose: () => void;
  /** Called for an error that is no failure of a subgraph. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Events that are executed at the same time; the subgraph holds further ones. */
const MAX_RUNNING = 16;

/**
 * One subscription at a subgraph for all clients with the same operation, variables and identity. Each event is executed
 * once, its result written once. Results are delivered in the order of their events.
 */
export class SharedSubscription {
  readonly execution: SubscriptionExecution;
  readonly replay: ReplayBuffer;
  readonly #options: SharedSubscriptionOptions;
  readonly subscribers = new Set<Subscriber>();
  #stream: EventStream | undefined;
  /** Clients that are about to be added. */
  #reserved = 0;
  #running = 0;
  #received = 0;
  /** Messages that have not been delivered. */
  #undelivered: EventMessage[] = [];
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** How the subscription has ended for all clients. */
  #endFor: ((subscriber: Subscriber) => SubscriptionEnd) | undefined;
  readonly opened: Promise<void>;

  constructor(execution: SubscriptionExecution, options: SharedSubscriptionOptions) {
    this.execution = execution;
    this.#options = options;
    this.replay = new ReplayBuffer(options.replay, options.start);
    this.opened = this.#open();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** True for a subscription that began at the present, which clients without a position can join. */
  get isLive(): boolean {
    return this.#options.start === undefined;
  }

  async #open(): Promise<void> {
    const { supergraph, plan, variables, context } = this.execution;
    const { source } = plan;
    if (source === undefined || supergraph.subscribeSubgraph === undefined)
      throw new Error('The plan has no subscription.');
    const subscription = {
      subgraph: source.subgraph,
      body: source.bodyFor(variables.given),
      lastEventId: this.#options.start,
    };
    try {
      const stream = await supergraph.subscribeSubgraph(subscription, context, {
        onPosition: (id) => this.#onPosition(id),
        onEvent: (event) => this.#onEvent(event),
        onComplete: () => void this.#last.then(() => this.endAll(() => COMPLETE)),
        onFailure: (error) => void this.#last.then(() => this.#onFailure(error)),
      });
      if (this.#isClosed) stream.close();
      else this.#stream = stream;
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  /** Keeps the subscription open for a client that is about to be added. */
  reserve(): void {
    this.#reserved += 1;
  }

  /** Ends a reservation. */
  release(): void {
    this.#reserved -= 1;
    this.#closeIfUnused();
  }

  /**
   * Adds a client and sends what it has missed. A subscription that has ended since the client was accepted ends for it,
   * too, as for the others.
   *
   * @param sequence of the first message that it gets
   */
  add(subscriber: Subscriber, sequence: number): void {
    this.deliver();
    const missed = this.replay.from(sequence);
    if (missed === undefined) {
      subscriber.end(endOf('SUBSCRIPTION_GAP', undefined));
      return;
    }
    this.subscribers.add(subscriber);
    subscriber.source = this;
    if (missed.length > 0) this.#send(subscriber, new MessageBatch(missed));
    if (this.#endFor !== undefined) subscriber.end(this.#endFor(subscriber));
  }

  remove(subscriber: Subscriber): void {
    if (this.subscribers.delete(subscriber)) this.#closeIfUnused();
  }

  /**
   * Moves the clients of a subscription that has reached the present to one that began there, if that one has the event
   * at which this one is. One subscription at the subgraph is then enough.
   */
  moveTo(live: SharedSubscription): void {
    this.deliver();
    const { position } = this.replay;
    const sequence = position === undefined ? undefined : live.replay.sequenceAfter(position);
    if (sequence === undefined) return;
    for (const subscriber of [...this.subscribers]) {
      this.subscribers.delete(subscriber);
      live.add(subscriber, sequence);
    }
    this.#closeIfUnused();
  }

  /** Delivers the pending messages to all clients; returns them. */
  deliver(): readonly EventMessage[] {
    const messages = this.#undelivered;
    if (messages.length === 0) return messages;
    this.#undelivered = [];
    const batch = new MessageBatch(messages);
    for (const subscriber of this.subscribers) this.#send(subscriber, batch);
    return messages;
  }

  #send(subscriber: Subscriber, batch: MessageBatch): void {
    if (this.#options.isSlow(subscriber)) {
      subscriber.end(endOf('SUBSCRIPTION_SLOW_CLIENT', subscriber.lastEventId));
      return;
    }
    subscriber.lastEventId = batch.messages.at(-1)?.id ?? subscriber.lastEventId;
    subscriber.transport.send(batch);
  }

  /** Ends the subscription for all clients. */
  endAll(endFor: (subscriber: Subscriber) => SubscriptionEnd): void {
    this.deliver();
    this.#endFor = endFor;
    for (const subscriber of [...this.subscribers]) subscriber.end(endFor(subscriber));
    this.subscribers.clear();
    this.#close();
  }

  endAllWith(reason: Exclude<EndReason, 'complete'>): void {
    this.endAll(({ lastEventId }) => endOf(reason, lastEventId));
  }

  #closeIfUnused(): void {
    if (this.subscribers.size === 0 && this.#reserved === 0) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream?.close();
    this.#options.onClose();
  }

  #onPosition(id: string): void {
    // After the messages of the events before it.
    this.#last = this.#last.then(() => {
      if (this.#isClosed || id === this.replay.position) return;
      this.deliver();
      this.replay.advance(id);
      for (const subscriber of this.subscribers) {
        subscriber.lastEventId = id;
        subscriber.transport.sendPosition(id);
      }
    });
  }

  #onFailure(error: Error): void {
    if (error instanceof SubscriptionRejected && !error.isTemporary) this.endAll(() => rejectionEnd(error));
    else this.endAllWith('SUBSCRIPTION_UPSTREAM_LOST');
  }

  #onEvent(event: SubgraphEvent): void {
    if (this.#isClosed) return;
    const sequence = this.#received++;
    this.#running += 1;
    if (this.#running === MAX_RUNNING) this.#stream?.pause();
    const message = this.#execute(event, sequence);
    // A handler, because the message may fail before its turn.
    message.catch(() => {});
    this.#last = this.#last.then(async () => {
      try {
        this.#add(await message);
      } catch (error) {
        this.#options.onUnexpected(error);
        this.endAllWith('SUBSCRIPTION_UPSTREAM_LOST');
      }
      this.#running -= 1;
      if (this.#running === MAX_RUNNING - 1) this.#stream?.resume();
    });
  }

  async #execute({ id, response, receivedAt }: SubgraphEvent, sequence: number): Promise<EventMessage> {
    const { supergraph, plan, variables, context, format } = this.execution;
    const result = await executeEvent(plan, variables, context, supergraph.requestSubgraph, response);
    const text = resultText(result, format, id === undefined ? undefined : `"eventId":${JSON.stringify(id)}`);
    return new EventMessage(sequence, id, text, receivedAt);
  }

  #add(message: EventMessage): void {
    if (this.#isClosed) return;
    this.replay.add(message);
    this.#undelivered.push(message);
    this.#options.onMessages();
  }
}
