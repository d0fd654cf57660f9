import { isIPv6 } from 'node:net';
import { GraphQLError } from 'graphql';

export interface SubscriptionLimits {
  /** Subscriptions of one client. */
  readonly perClient: number;
  /** Subscriptions of this process. */
  readonly total: number;
}

/** Counts subscriptions by client. */
export class ClientCounts {
  readonly #limits: SubscriptionLimits;
  readonly #onRefuse: (limit: 'client' | 'process') => void;
  readonly #counts = new Map<string, number>();
  #total = 0;

  constructor(limits: SubscriptionLimits, onRefuse: (limit: 'client' | 'process') => void) {
    this.#limits = limits;
    this.#onRefuse = onRefuse;
  }

  /** @throws GraphQLError `SUBSCRIPTION_LIMIT_EXCEEDED` */
  add(client: string): void {
    const { perClient, total } = this.#limits;
    const count = this.#counts.get(client) ?? 0;
    if (count >= perClient) {
      this.#onRefuse('client');
      throw exceeded(`The client has ${count} subscriptions, and the limit is ${perClient}: end one of them.`, 429);
    }
    if (this.#total >= total) {
      this.#onRefuse('process');
      throw exceeded('The server has too many subscriptions: try again later.', 503);
    }
    this.#counts.set(client, count + 1);
    this.#total += 1;
  }

  remove(client: string): void {
    const count = this.#counts.get(client) ?? 0;
    if (count <= 1) this.#counts.delete(client);
    else this.#counts.set(client, count - 1);
    this.#total -= 1;
  }
}

function exceeded(message: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED', http: { status } } });
}

/** Returns the key of a client: the subject of its token, or else its address, or the /64 network of an IPv6 address. */
export function clientKey(subject: string | undefined, address: string): string {
  if (subject !== undefined) return `subject ${subject}`;
  if (!isIPv6(address)) return `address ${address}`;
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  const missing = after === undefined ? 0 : 8 - groups.length - (after === '' ? 0 : after.split(':').length);
  const network = [...groups, ...Array<string>(Math.max(missing, 0)).fill('0')].slice(0, 4);
  return `address ${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
