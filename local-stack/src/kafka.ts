import { connect } from 'node:net';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';

const CONNECT_MS = 3_000;

/**
 * Checks that one of the brokers' addresses accepts connections, before the parts that need them start.
 *
 * @throws MarqueeError `EVENT_LOG_UNREACHABLE` (exit code 3)
 */
export async function requireBrokers(brokers: readonly string[]): Promise<void> {
  try {
    await Promise.any(brokers.map(canConnect));
  } catch (error) {
    throw new MarqueeError(
      'EVENT_LOG_UNREACHABLE',
      `No Kafka broker answers at ${brokers.join(', ')} (${messageOf(error)}): start it, or correct or unset KAFKA_BROKERS.`,
      { cause: error, exitCode: EXIT.unreachable },
    );
  }
}

function canConnect(address: string): Promise<void> {
  const url = URL.canParse(`tcp://${address}`) ? new URL(`tcp://${address}`) : undefined;
  if (!url?.port) return Promise.reject(new Error(`${address} is not host:port`));
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(url.port),
      timeout: CONNECT_MS,
    });
    socket.on('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}
