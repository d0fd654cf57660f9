import { type LookupAddress, lookup as lookUpName } from 'node:dns';
import type { LookupFunction } from 'node:net';

type OnAddresses = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** `dns.lookup` for all addresses of a host name. */
export type LookUpAll = (
  name: string,
  options: { readonly all: true; readonly family: number; readonly hints: number },
  onAddresses: OnAddresses,
) => void;

/** Time after which a slow lookup falls back to earlier addresses. */
const FALLBACK_AFTER_MS = 250;

/** The oldest addresses that are used: later the address may belong to another host. */
const MAX_AGE_MS = 600_000;

/**
 * Creates a lookup for `net.connect` that falls back to the last addresses of a host name, so that an outage of DNS
 * fails no connection. At most one lookup of a name is in progress: hanging lookups occupy libuv's threads.
 */
export function createStaleLookup(lookUpAll: LookUpAll = lookUpName): LookupFunction {
  const names = new Map<string, Name>();
  return (hostname, options, callback) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    const hints = options.hints ?? 0;
    const key = `${hostname} ${family} ${hints}`;
    let name = names.get(key);
    if (name === undefined) {
      name = new Name((onAddresses) => lookUpAll(hostname, { all: true, family, hints }, onAddresses));
      names.set(key, name);
    }
    name.addresses((error, addresses) => {
      const [first] = addresses;
      if (options.all) callback(error, addresses);
      else callback(error, first?.address ?? '', first?.family);
    });
  };
}

class Name {
  readonly #lookUp: (onAddresses: OnAddresses) => void;
  #last: { readonly addresses: LookupAddress[]; readonly at: number } | undefined;
  #waiting: OnAddresses[] = [];
  #isInProgress = false;
  /** True when the lookup in progress takes longer than {@link FALLBACK_AFTER_MS}. */
  #isSlow = false;

  constructor(lookUp: (onAddresses: OnAddresses) => void) {
    this.#lookUp = lookUp;
  }

  addresses(onAddresses: OnAddresses): void {
    this.#waiting.push(onAddresses);
    if (!this.#isInProgress) this.#begin();
    else if (this.#isSlow) this.#fallBack();
  }

  #begin(): void {
    this.#isInProgress = true;
    const patience = setTimeout(() => {
      this.#isSlow = true;
      this.#fallBack();
    }, FALLBACK_AFTER_MS);
    this.#lookUp((error, addresses) => {
      clearTimeout(patience);
      this.#isInProgress = false;
      this.#isSlow = false;
      if (error === null) {
        this.#last = { addresses, at: performance.now() };
        this.#answer(null, addresses);
      } else if (!this.#fallBack()) this.#answer(error, []);
    });
  }

  /** Calls back with the last addresses if they may be used. */
  #fallBack(): boolean {
    if (this.#last === undefined || performance.now() - this.#last.at > MAX_AGE_MS) return false;
    this.#answer(null, this.#last.addresses);
    return true;
  }

  #answer(error: NodeJS.ErrnoException | null, addresses: LookupAddress[]): void {
    for (const onAddresses of this.#waiting.splice(0)) onAddresses(error, addresses);
  }
}
