/** The result of one event, written once for all clients of a shared subscription. */
export class EventMessage {
  /** Number within its subscription, without gaps. */
  readonly sequence: number;
  /** The position after the event; undefined from subgraphs that cannot resume. */
  readonly id: string | undefined;
  /** JSON text of the result. */
  readonly text: string;
  /** Arrival of the event, on the clock of `performance.now()`. */
  readonly receivedAt: number;

  constructor(sequence: number, id: string | undefined, text: string, receivedAt: number) {
    this.sequence = sequence;
    this.id = id;
    this.text = text;
    this.receivedAt = receivedAt;
  }
}

/** Writes messages in the format of a transport. */
export type MessageEncoder<Encoded = Buffer> = (messages: readonly EventMessage[]) => Encoded;

/** Messages that all clients of a shared subscription get together, encoded once for each format. */
export class MessageBatch {
  readonly messages: readonly EventMessage[];
  readonly #encoded = new Map<MessageEncoder<unknown>, unknown>();

  constructor(messages: readonly EventMessage[]) {
    this.messages = messages;
  }

  encoded<Encoded>(encode: MessageEncoder<Encoded>): Encoded {
    const existing = this.#encoded.get(encode) as Encoded | undefined;
    if (existing !== undefined) return existing;
    const encoded = encode(this.messages);
    this.#encoded.set(encode, encoded);
    return encoded;
  }
}
