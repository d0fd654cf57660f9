import { createRequire } from 'node:module';

interface RequestQueue {
  pending: readonly unknown[];
  /** Milliseconds since the epoch; -1 when the broker has never throttled the client. */
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * kafkajs 2.2.4 sets a timer after every response, with nothing to check and a delay of -1 minus the present time; the timer
 * then sets itself again, so that each connection keeps the process busy every millisecond, and Node 24 prints a
 * TimeoutNegativeWarning. A queue that is neither waiting nor throttled needs no timer.
 * https://github.com/tulios/kafkajs/issues/1704, https://github.com/tulios/kafkajs/issues/1751
 */
prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};
