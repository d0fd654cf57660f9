import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { recordTooLarge, unknownTopic, unreachable } from '../event-log-error.ts';

/** The fields by which kafkajs' errors differ; it wraps them in one another, and not all of them in `cause`. */
interface KafkaJSErrorFields {
  name?: string;
  /** The protocol's name of the error. https://kafka.apache.org/protocol#protocol_error_codes */
  type?: string;
  retriable?: boolean;
  cause?: unknown;
  originalError?: unknown;
  errors?: readonly unknown[];
}

/** The protocol's error codes that an error carries, the outermost first. */
export function kafkaErrorTypes(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 8) return [];
  const { type, cause, originalError, errors } = error as KafkaJSErrorFields;
  return [
    ...(typeof type === 'string' ? [type] : []),
    ...[cause, originalError, ...(errors ?? [])].flatMap((inner) => kafkaErrorTypes(inner, depth + 1)),
  ];
}

/** What went wrong, in our terms: see the codes below. Anything that kafkajs would retry means that the cluster is away. */
export function toEventLogError(error: unknown, brokers: readonly string[], topic = ''): MarqueeError {
  if (error instanceof MarqueeError) return error;
  const where = brokers.join(',');
  const types = kafkaErrorTypes(error);
  const reason = messageOf(error);
  if (types.includes('UNKNOWN_TOPIC_OR_PARTITION')) return unknownTopic(topic, where, error);
  if (types.includes('MESSAGE_TOO_LARGE') || types.includes('RECORD_LIST_TOO_LARGE')) {
    return recordTooLarge(topic, 'the topic takes no larger ones (max.message.bytes)', error);
  }
  if ((error as KafkaJSErrorFields).name === 'KafkaJSSASLAuthenticationError' || /SASL/.test(reason)) {
    return new MarqueeError('EVENT_LOG_AUTH_FAILED', `Kafka at ${where} refuses the login (${reason}).`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
  if (types.some((type) => type.endsWith('AUTHORIZATION_FAILED'))) {
    return new MarqueeError('EVENT_LOG_FORBIDDEN', `Kafka at ${where} does not allow that (${reason}).`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
  return types.length > 0 && (error as KafkaJSErrorFields).retriable === false
    ? new MarqueeError('EVENT_LOG_FAILED', `Kafka at ${where} refuses the request (${reason}).`, { cause: error })
    : unreachable(where, error);
}
