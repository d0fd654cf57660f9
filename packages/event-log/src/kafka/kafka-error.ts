import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { recordTooLarge, unknownTopic, unreachable } from '../event-log-error.ts';

/** The distinguishing fields of kafkajs' errors, which it nests, not always as `cause`. */
interface KafkaJSErrorFields {
  name?: string;
  /** The protocol's name of the error. https://kafka.apache.org/protocol#protocol_error_codes */
  type?: string;
  retriable?: boolean;
  cause?: unknown;
  originalError?: unknown;
  errors?: readonly unknown[];
}

/** Returns an error and its nested ones, the outermost first. */
function unwrap(error: unknown, depth = 0): KafkaJSErrorFields[] {
  if (typeof error !== 'object' || error === null || depth > 8) return [];
  const { cause, originalError, errors = [] } = error as KafkaJSErrorFields;
  return [error, ...[cause, originalError, ...errors].flatMap((inner) => unwrap(inner, depth + 1))];
}

/** Returns the protocol's error codes in an error. */
export function kafkaErrorTypes(error: unknown): string[] {
  return unwrap(error).flatMap(({ type }) => (typeof type === 'string' ? [type] : []));
}

/** Maps an error of kafkajs to a MarqueeError. Every error other than a refusal means that the brokers are unavailable. */
export function toEventLogError(error: unknown, brokers: readonly string[], topic = ''): MarqueeError {
  if (error instanceof MarqueeError) return error;
  const where = brokers.join(',');
  const all = unwrap(error);
  const types = kafkaErrorTypes(error);
  if (types.includes('UNKNOWN_TOPIC_OR_PARTITION')) return unknownTopic(topic, where, error);
  if (types.includes('MESSAGE_TOO_LARGE') || types.includes('RECORD_LIST_TOO_LARGE')) {
    return recordTooLarge(topic, 'the topic takes no larger ones (max.message.bytes)', error);
  }
  const login = all.find(({ name, type }) => name === 'KafkaJSSASLAuthenticationError' || type?.includes('SASL'));
  if (login) {
    return refusal('EVENT_LOG_AUTH_FAILED', `Kafka at ${where} refuses the login (${messageOf(login)}).`, error);
  }
  const forbidden = all.find(({ type }) => type?.endsWith('AUTHORIZATION_FAILED'));
  if (forbidden) {
    return refusal('EVENT_LOG_FORBIDDEN', `Kafka at ${where} does not allow that (${messageOf(forbidden)}).`, error);
  }
  const refused = all.find(({ type, retriable }) => typeof type === 'string' && retriable === false);
  if (refused) {
    return new MarqueeError('EVENT_LOG_FAILED', `Kafka at ${where} refuses the request (${messageOf(refused)}).`, {
      cause: error,
      // Starting brokers do not count before they have registered.
      retryable: refused.type === 'INVALID_REPLICATION_FACTOR',
    });
  }
  return unreachable(where, error);
}

function refusal(code: string, message: string, cause: unknown): MarqueeError {
  return new MarqueeError(code, message, { cause, exitCode: EXIT.usage });
}
