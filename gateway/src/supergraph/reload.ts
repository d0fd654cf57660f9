/** The source of a text that may change: a supergraph, or persisted documents. */
export interface TextSource {
  /** The name for messages. */
  readonly name: string;
  /** Reads the present text; rejects when it cannot be read. */
  read(): Promise<string>;
  /** Calls back when the text may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void;
}

/** The outcome of a change: loaded, rejected because it is invalid, or unreadable. */
export type ReloadOutcome = 'loaded' | 'refused' | 'unreadable';

export interface ReloadOptions<Loaded> {
  readonly source: TextSource;
  /** The text that is in use. */
  readonly inUse: string;
  /** Prepares a text; rejects when it is invalid. */
  read(text: string): Promise<Loaded>;
  /** Puts a prepared text into use. */
  use(text: string, loaded: Loaded): void;
  /** Called for every change, with the error of one that was not loaded. */
  report(outcome: ReloadOutcome, error?: unknown): void;
}

/**
 * Follows the source. Each new text is prepared as a whole before it is used, so that an invalid one never replaces a
 * valid one. Changes during a reload are read after it. The returned function ends it.
 */
export function reload<Loaded>({ source, inUse, read, use, report }: ReloadOptions<Loaded>): () => void {
  let current = inUse;
  let seen = inUse;
  let running = false;
  let again = false;

  async function reloadOnce(): Promise<void> {
    const text = await source.read();
    if (text === seen) return;
    seen = text;
    if (text === current) return;
    try {
      use(text, await read(text));
    } catch (error) {
      report('refused', error);
      return;
    }
    current = text;
    report('loaded');
  }

  async function onChange(): Promise<void> {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await reloadOnce().catch((error: unknown) => report('unreadable', error));
    }
    running = false;
  }

  return source.watch(() => void onChange());
}
