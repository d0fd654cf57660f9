/** Where the supergraph's text comes from. */
export interface SupergraphSource {
  /** Names the source to people. */
  readonly name: string;
  /** The text as it stands now; rejects when it cannot be read. */
  read(): Promise<string>;
  /** Calls back whenever the text may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void;
}

/** What came of a change: served from now on, refused because it is invalid, or impossible to read. */
export type ReloadOutcome = 'loaded' | 'refused' | 'unreadable';

export interface SupergraphReloading<Supergraph> {
  readonly source: SupergraphSource;
  /** The text that is served already. */
  readonly served: string;
  /** Makes a supergraph ready to be served; throws when it cannot be. */
  read(text: string): Supergraph;
  /** Serves another supergraph. */
  serve(text: string, supergraph: Supergraph): void;
  /** Hears of every change; `error` says why it was not loaded. */
  report(outcome: ReloadOutcome, error?: unknown): void;
}

/**
 * Follows the source: each new text is read as a whole, and only then served, so that a bad one never takes the place of
 * a good one. Changes that come during a reload are looked at once it is over. The returned function ends it.
 */
export function reloadSupergraph<Supergraph>({
  source,
  served,
  read,
  serve,
  report,
}: SupergraphReloading<Supergraph>): () => void {
  let current = served;
  let seen = served;
  let running = false;
  let again = false;

  async function reload(): Promise<void> {
    const text = await source.read();
    if (text === seen) return;
    seen = text;
    if (text === current) return;
    try {
      serve(text, read(text));
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
      await reload().catch((error: unknown) => report('unreadable', error));
    }
    running = false;
  }

  return source.watch(() => void onChange());
}
