import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';

/** Returns the error of a log that did not answer in time. @param where its address, without a password */
export function unreachable(where: string, cause: unknown, reason = cause): MarqueeError {
  return new MarqueeError(
    'EVENT_LOG_UNREACHABLE',
    `The event log at ${where} does not answer (${messageOf(reason)}). Is it running there?`,
    { cause, retryable: true, exitCode: EXIT.unreachable },
  );
}

export function unknownTopic(topic: string, where: string, cause?: unknown): MarqueeError {
  return new MarqueeError(
    'UNKNOWN_TOPIC',
    `The event log at ${where} has no topic "${topic}". Create it first: topics are never created by themselves.`,
    { cause },
  );
}

export function recordTooLarge(topic: string, reason: string, cause?: unknown): MarqueeError {
  return new MarqueeError('RECORD_TOO_LARGE', `A record is too large for topic "${topic}": ${reason}.`, { cause });
}

export function topicMismatch(topic: string, reason: string): MarqueeError {
  return new MarqueeError('TOPIC_MISMATCH', `Topic "${topic}" exists, but ${reason}.`, { exitCode: EXIT.usage });
}

export function closed(): MarqueeError {
  return new MarqueeError('EVENT_LOG_CLOSED', 'The event log is closed.');
}

/**
 * Checks a topic's name against Kafka's rule, in every adapter, so that one can replace another.
 * https://kafka.apache.org/documentation/#basic_ops_add_topic
 *
 * @throws MarqueeError `INVALID_TOPIC`
 */
export function checkTopicName(topic: string): void {
  if (/^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..') return;
  throw new MarqueeError(
    'INVALID_TOPIC',
    `"${topic}" cannot name a topic: 1 to 249 letters, digits, dots, underscores and hyphens.`,
  );
}
