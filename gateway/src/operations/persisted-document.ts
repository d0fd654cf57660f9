/** A document that clients name by its id instead of sending it. */
export interface PersistedDocument {
  /** The id that clients send: often the SHA-256 of the text, hexadecimal. */
  readonly id: string;
  /** The name for messages. */
  readonly name: string;
  readonly body: string;
}
