import net from 'node:net';
import type { Base } from '@platformatic/kafka';
import { within } from '../../back-off.ts';
import type { KafkaConnection } from '../connection.ts';

const SASL_MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

/** Returns the options of every client. A failed request is not repeated: the callers retry, with a time limit of their own. */
export function clientOptions({ brokers, clientId, ssl, sasl }: KafkaConnection) {
  // Server name indication takes host names only (RFC 6066, section 3).
  const areNames = brokers.every((broker) => net.isIP(broker.slice(0, broker.lastIndexOf(':'))) === 0);
  return {
    bootstrapBrokers: [...brokers],
    clientId,
    connectTimeout: 3_000,
    requestTimeout: 30_000,
    retries: 0,
    ...(ssl && { tls: ssl, tlsServerName: areNames }),
    ...(sasl && { sasl: { ...sasl, mechanism: SASL_MECHANISMS[sasl.mechanism] } }),
  };
}

/** Closes a client, and destroys its connections when that takes longer. */
export async function closeClient(client: Pick<Base, 'connections'>, close: () => Promise<void>, ms: number) {
  const sockets = [...client.connections].map(([, { socket }]) => socket);
  await within(ms, close(), () => undefined).catch(() => {});
  for (const socket of sockets) socket?.destroy();
}
