import type { MarqueeError } from '@marquee/runtime/errors';
import { backOff, sleep, within } from '../back-off.ts';
import type { KafkaConnection } from './connection.ts';
import { toEventLogError } from './kafka-error.ts';

/** An administrative client for one piece of work. */
export interface AdminSession<Admin> {
  connect(): Promise<Admin>;
  /** Ends within a second, whatever the brokers do. */
  close(): Promise<void>;
}

export type OpenAdmin<Admin> = (connection: KafkaConnection, requestTimeoutMs: number) => AdminSession<Admin>;

/** Runs administrative requests, again after errors that may pass, for at most `waitMs`. `topic` is for error messages. */
export type WithAdmin<Admin> = <T>(waitMs: number, topic: string, work: (admin: Admin) => Promise<T>) => Promise<T>;

/** Returns a function that connects for each piece of work: they are rare. */
export function createWithAdmin<Admin>(connection: KafkaConnection, openAdmin: OpenAdmin<Admin>): WithAdmin<Admin> {
  return async (waitMs, topic, work) => {
    const deadline = Date.now() + waitMs;
    const delays = backOff(100, 1_000);
    let previous: MarqueeError | undefined;
    for (;;) {
      const session = openAdmin(connection, waitMs);
      try {
        const remaining = deadline - Date.now();
        return await within(
          remaining,
          session.connect().then(work),
          () => previous ?? new Error(`no answer in ${waitMs} ms`),
        );
      } catch (cause) {
        const error = toEventLogError(cause, connection.brokers, topic);
        const delayMs = delays.next();
        if (!error.retryable || Date.now() + delayMs >= deadline) throw error;
        previous = error;
        await sleep(delayMs);
      } finally {
        await session.close();
      }
    }
  };
}
