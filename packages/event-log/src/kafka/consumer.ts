import type { Consumer } from 'kafkajs';
import { within } from '../back-off.ts';
import type { SubscribeOptions } from '../event-log.ts';
import type { Assignment } from './assignment.ts';
import { createClient, type KafkaConnection } from './client.ts';

/** Silence after which the group reassigns a member's partitions, and time that the others wait for its handlers. */
const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 60_000;
const HEARTBEAT_MS = 1_000;
/** Time that a fetch waits for records; a seek or a resumed partition takes effect with the next fetch. */
const FETCH_WAIT_MS = 500;
const CONCURRENT_PARTITIONS = 4;
/** More than the duration of the longest request, a join during a rebalance. */
const SILENCE_MS = 120_000;
const LEAVE_WAIT_MS = 15_000;

/**
 * Runs one consumer, and resolves with the reason of its end. kafkajs restarts a consumer after some errors and ends it after others,
 * without a reliable distinction; this one is never restarted.
 */
export async function runConsumer(
  connection: KafkaConnection,
  { group, topics }: SubscribeOptions,
  assignment: Assignment,
  closing: AbortSignal,
  onJoin: () => void,
): Promise<unknown> {
  const client = createClient(connection);
  const consumer = client.kafka.consumer({
    groupId: group,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
  });
  const ended = Promise.withResolvers<unknown>();
  const { events } = consumer;
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    assignment.assign(consumer, payload.memberAssignment);
    onJoin();
  });
  consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) assignment.skipped(payload.topic, payload.partition, BigInt(payload.lastOffset));
  });
  // Emitted synchronously when kafkajs leaves the group; pausing and seeking throw from then on.
  consumer.on(events.STOP, () => assignment.revoke());
  consumer.on(events.CRASH, ({ payload }) => ended.resolve(payload.error));
  const watch = watchForSilence(consumer, assignment, ended.resolve);

  const started = start(consumer, topics, assignment).catch(ended.resolve);
  const onClosing = () => ended.resolve(undefined);
  closing.addEventListener('abort', onClosing, { once: true });
  const error = await ended.promise;
  closing.removeEventListener('abort', onClosing);
  clearInterval(watch);

  if (closing.aborted) {
    await assignment.finish();
    // A consumer that is stopped while it joins would still join, and hold partitions without reading them.
    await within(LEAVE_WAIT_MS, started, () => undefined).catch(() => {});
  }
  await within(LEAVE_WAIT_MS, consumer.disconnect(), () => new Error('kafkajs did not end')).catch((reason) =>
    connection.logger.warn({ err: reason, group }, 'the consumer was cut off'),
  );
  client.cut();
  assignment.revoke();
  return error;
}

async function start(consumer: Consumer, topics: readonly string[], assignment: Assignment): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
    eachBatch: assignment.eachBatch,
  });
}

/** Detects that kafkajs has stopped without an event, for example when its clean-up after a crash never ends. */
function watchForSilence(consumer: Consumer, assignment: Assignment, onSilence: (error: Error) => void) {
  const { events } = consumer;
  let lastSign = Date.now();
  for (const event of [events.FETCH_START, events.FETCH, events.HEARTBEAT, events.GROUP_JOIN, events.REBALANCING]) {
    consumer.on(event, () => {
      lastSign = Date.now();
    });
  }
  return setInterval(() => {
    if (assignment.handlersRunning > 0) lastSign = Date.now();
    if (Date.now() - lastSign > SILENCE_MS)
      onSilence(new Error(`no sign of life from the consumer in ${SILENCE_MS} ms`));
  }, 5_000);
}
