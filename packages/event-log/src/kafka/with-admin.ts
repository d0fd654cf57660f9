import type { Admin } from 'kafkajs';
import { backOff, sleep, within } from '../back-off.ts';
import { createClient, type KafkaConnection } from './client.ts';
import { toEventLogError } from './kafka-error.ts';

/** Runs administrative requests, again after errors that may pass, for at most `waitMs`. `topic` is for error messages. */
export type WithAdmin = <T>(waitMs: number, topic: string, work: (admin: Admin) => Promise<T>) => Promise<T>;

/**
 * Returns a function that connects for each request: they are rare, and a long-lived kafkajs admin client requests the metadata of every
 * topic that it has ever used, which fails once one of them is deleted.
 */
export function createWithAdmin(connection: KafkaConnection): WithAdmin {
  return async (waitMs, topic, work) => {
    const deadline = Date.now() + waitMs;
    const delays = backOff(100, 1_000);
    for (;;) {
      const client = createClient(connection, { requestTimeoutMs: waitMs });
      const admin = client.kafka.admin({ retry: { retries: 2, initialRetryTime: 100 } });
      try {
        const remaining = deadline - Date.now();
        const attempt = admin.connect().then(() => work(admin));
        return await within(remaining, attempt, () => new Error(`no answer in ${waitMs} ms`));
      } catch (cause) {
        const error = toEventLogError(cause, connection.brokers, topic);
        const delayMs = delays.next();
        if (!error.retryable || Date.now() + delayMs >= deadline) throw error;
        await sleep(delayMs);
      } finally {
        await within(1_000, admin.disconnect(), () => undefined).catch(() => {});
        client.cut();
      }
    }
  };
}
