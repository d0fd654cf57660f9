/** A document that clients hold, and may name instead of sending it. */
export interface PersistedDocument {
  /** The name under which clients ask for it: often the SHA-256 of its text, hexadecimal. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly body: string;
}
