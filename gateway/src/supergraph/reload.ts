/** Where a text comes from that may change: a supergraph, or persisted documents. */
export interface TextSource {
  /** Names the source to people. */
  readonly name: string;
  /** The text as it stands now; rejects when it cannot be read. */
  read(): Promise<string>;
  /** Calls back whenever the text may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void;
}

/** What came of a change: in use from now on, refused because it is invalid, or impossible to read. */
export type ReloadOutcome = 'loaded' | 'refused' | 'unreadable';

export interface Reloading<Loaded> {
  readonly source: TextSource;
  /** The text that is in use already. */
  readonly inUse: string;
  /** Makes a text ready to be used; rejects when it cannot be. */
  read(text: string): Promise<Loaded>;
  /** Uses another text. */
  use(text: string, loaded: Loaded): void;
  /** Hears of every change; `error` says why it was not loaded. */
  report(outcome: ReloadOutcome, error?: unknown): void;
}

/**
 * Follows the source: each new text is made ready as a whole, and only then used, so that a bad one never takes the place of a good one.
 * Changes that come during a reload are looked at once it is over. The returned function ends it.
 */
export function reload<Loaded>({ source, inUse, read, use, report }: Reloading<Loaded>): () => void {
  let current = inUse;
  let seen = inUse;
  let running = false;
  let again = false;

  async function look(): Promise<void> {
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
      await look().catch((error: unknown) => report('unreadable', error));
    }
    running = false;
  }

  return source.watch(() => void onChange());
}
