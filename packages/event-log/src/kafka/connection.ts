import type tls from 'node:tls';
import type { Logger } from '@marquee/runtime/logger';

/** The connection settings of a cluster. */
export interface KafkaConnection {
  /** `host:port` of some of its brokers. */
  brokers: readonly string[];
  clientId: string;
  /** TLS; `{}` trusts Node's authorities. Left out: plain text. */
  ssl?: tls.ConnectionOptions;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  logger: Logger;
  /** Milliseconds that a request waits for an unavailable cluster. Default 30,000. */
  waitMs?: number;
}

export const DEFAULT_WAIT_MS = 30_000;
/** Time in which a cluster that is there answers. */
export const CHECK_WAIT_MS = 4_000;
