import type { Consumer, ConsumerEachBatchPayload } from 'kafkajs';
import { within } from '../../back-off.ts';
import type { Assignment, FetchedBatch, Fetches } from '../assignment.ts';
import { CONCURRENT_PARTITIONS, FETCH_BYTES, FETCH_PARTITION_BYTES } from '../fetch-limits.ts';
import {
  FETCH_WAIT_MS,
  HEARTBEAT_MS,
  LEAVE_WAIT_MS,
  REBALANCE_TIMEOUT_MS,
  SESSION_TIMEOUT_MS,
} from '../group-timing.ts';
import { reasonOfEnd } from '../reason-of-end.ts';
import type { RunConsumer } from '../subscription.ts';
import { createClient } from './client.ts';
import { createFormerMember } from './former-member.ts';
import { keepMembership } from './membership-keeper.ts';
import { fetchedOffset, toLogRecord } from './record.ts';

/** More than the duration of the longest request, a join during a rebalance. */
const SILENCE_MS = 120_000;

/**
 * Runs one consumer, and resolves with the reason of its end. kafkajs restarts a consumer after some errors and ends it after others,
 * without a reliable distinction; this one is never restarted.
 *
 * kafkajs fetches again from a broker only when all batches of the last fetch are handled. A running handler delays the next fetch, and
 * with it the next join: a partition is not reassigned while its handler runs.
 */
export const runConsumer: RunConsumer = async (connection, { group, topics }, assignment, closing, onJoin, last) => {
  const client = createClient(connection);
  const formerMember = createFormerMember(group, last);
  const consumer = client.kafka.consumer({
    groupId: group,
    partitionAssigners: [formerMember.assigner],
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytes: FETCH_BYTES,
    maxBytesPerPartition: FETCH_PARTITION_BYTES,
    allowAutoTopicCreation: false,
    retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
  });
  const ended = Promise.withResolvers<unknown>();
  const { events } = consumer;
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    last.id = payload.memberId;
    assignment.assign(toFetches(consumer), payload.memberAssignment);
    onJoin();
  });
  consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) assignment.skipped(payload.topic, payload.partition, BigInt(payload.lastOffset));
  });
  // Emitted synchronously when kafkajs leaves the group; pausing and seeking throw from then on.
  consumer.on(events.STOP, () => assignment.revoke());
  consumer.on(events.CRASH, ({ payload }) => ended.resolve(payload.error));
  const watch = watchForSilence(consumer, assignment, ended.resolve);

  const started = start(consumer, topics, assignment, formerMember.leave).catch(ended.resolve);
  const error = await reasonOfEnd(ended, closing);
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
};

async function start(
  consumer: Consumer,
  topics: readonly string[],
  assignment: Assignment,
  leaveFirst: () => Promise<void>,
): Promise<void> {
  await consumer.connect();
  await leaveFirst();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
    eachBatch: async (payload) => {
      const membership = keepMembership(payload.heartbeat);
      try {
        await assignment.handle(toFetchedBatch(payload, () => membership.error === undefined));
      } finally {
        membership.stop();
      }
      // Makes kafkajs join the group again.
      if (membership.error) throw membership.error;
    },
  });
}

function toFetches(consumer: Consumer): Fetches {
  return {
    pause: (topic, partition) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: (topic, partition) => consumer.resume([{ topic, partitions: [partition] }]),
    seek: (topic, partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
  };
}

function toFetchedBatch(payload: ConsumerEachBatchPayload, isMember: () => boolean): FetchedBatch {
  const { batch, resolveOffset, commitOffsetsIfNecessary, isRunning } = payload;
  const { topic, partition, messages } = batch;
  return {
    topic,
    partition,
    offset: fetchedOffset(batch),
    lastOffset: BigInt(batch.lastOffset()),
    highWatermark: BigInt(batch.highWatermark),
    length: messages.length,
    records: (start, end) => messages.slice(start, end).map((message) => toLogRecord(batch, message)),
    isCurrent: () => isRunning() && isMember(),
    advance: (next) => resolveOffset(String(next - 1n)),
    commit: (next) =>
      commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(next) }] }] }),
  };
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
