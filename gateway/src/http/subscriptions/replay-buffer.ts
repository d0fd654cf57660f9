import type { EventMessage } from './event-message.ts';

/** Limits of a replay buffer. */
export interface ReplayLimits {
  readonly events: number;
  /** UTF-16 code units. */
  readonly length: number;
}

/** The last messages of a shared subscription, from which clients resume. */
export class ReplayBuffer {
  readonly #limits: ReplayLimits;
  readonly #messages: EventMessage[] = [];
  #length = 0;
  /** The position before the first message. */
  #start: string | undefined;
  /** A position after the last message, beyond its own; undefined when there is none. */
  #end: string | undefined;
  #next = 0;

  /** @param start the position at which the subscription begins, if it is known */
  constructor(limits: ReplayLimits, start: string | undefined) {
    this.#limits = limits;
    this.#start = start;
  }

  /** The position after the last message; undefined when it is unknown. */
  get position(): string | undefined {
    return this.#end ?? (this.#messages.length === 0 ? this.#start : this.#messages.at(-1)?.id);
  }

  /** The sequence number of the next message. */
  get nextSequence(): number {
    return this.#next;
  }

  /** Sets the present position, up to which there are no further messages. */
  advance(position: string): void {
    this.#start ??= this.#next === 0 ? position : undefined;
    this.#end = position;
  }

  add(message: EventMessage): void {
    this.#messages.push(message);
    this.#end = undefined;
    this.#next = message.sequence + 1;
    this.#length += message.text.length;
    while (this.#messages.length > this.#limits.events || this.#length > this.#limits.length) {
      const oldest = this.#messages.shift() as EventMessage;
      this.#length -= oldest.text.length;
      this.#start = oldest.id;
    }
  }

  /** Returns the sequence number of the message after a position; undefined when the position is not in the buffer. */
  sequenceAfter(position: string): number | undefined {
    if (position === this.#end) return this.#next;
    const index = this.#messages.findLastIndex(({ id }) => id === position);
    if (index !== -1) return (this.#messages[index] as EventMessage).sequence + 1;
    return this.#start === position ? (this.#messages[0]?.sequence ?? this.#next) : undefined;
  }

  /** Returns the messages from a sequence number on; undefined when some of them are no longer in the buffer. */
  from(sequence: number): readonly EventMessage[] | undefined {
    const first = this.#messages[0]?.sequence ?? this.#next;
    return sequence < first ? undefined : this.#messages.slice(sequence - first);
  }
}
