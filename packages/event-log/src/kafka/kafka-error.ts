import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { recordTooLarge, unknownTopic, unreachable } from '../event-log-error.ts';

/** The distinguishing fields of an error of kafkajs, which nests them, not always as `cause`, or of @platformatic/kafka. */
interface ClientErrorFields {
  name?: string;
  /** Node's name of a socket's error, or that of @platformatic/kafka. */
  code?: unknown;
  message?: string;
  /** The protocol's name of the error, of kafkajs and @platformatic/kafka. https://kafka.apache.org/protocol#protocol_error_codes */
  type?: string;
  apiId?: string;
  retriable?: boolean;
  canRetry?: boolean;
  cause?: unknown;
  originalError?: unknown;
  errors?: readonly unknown[];
}

/** Returns an error and its nested ones, the outermost first. */
function unwrap(error: unknown, depth = 0): ClientErrorFields[] {
  if (typeof error !== 'object' || error === null || depth > 8) return [];
  const { cause, originalError, errors = [] } = error as ClientErrorFields;
  return [error, ...[cause, originalError, ...errors].flatMap((inner) => unwrap(inner, depth + 1))];
}

const isOfPlatformatic = (code: unknown) => typeof code === 'string' && code.startsWith('PLT_KFK');

const typeOf = ({ type, apiId }: ClientErrorFields) => (typeof type === 'string' ? type : apiId);

/** Returns the protocol's error codes in an error. */
export function kafkaErrorTypes(error: unknown): string[] {
  return unwrap(error).flatMap((each) => typeOf(each) ?? []);
}

/** Returns true for the error with which @platformatic/kafka replaces `UNKNOWN_TOPIC_OR_PARTITION` in a response with metadata. */
export function isUnknownTopic(error: unknown): boolean {
  return unwrap(error).some(({ code, message }) => code === 'PLT_KFK_USER' && message?.startsWith('Unknown topic '));
}

/** Maps an error of a client to a MarqueeError. Every error other than a refusal means that the brokers are unavailable. */
export function toEventLogError(error: unknown, brokers: readonly string[], topic = ''): MarqueeError {
  if (error instanceof MarqueeError) return error;
  const where = brokers.join(',');
  const all = unwrap(error);
  const types = kafkaErrorTypes(error);
  if (types.includes('UNKNOWN_TOPIC_OR_PARTITION') || isUnknownTopic(error)) return unknownTopic(topic, where, error);
  if (types.includes('MESSAGE_TOO_LARGE') || types.includes('RECORD_LIST_TOO_LARGE')) {
    return recordTooLarge(topic, 'the topic takes no larger ones (max.message.bytes)', error);
  }
  // @platformatic/kafka has an authentication error for a connection that is lost during the login too.
  const login = all.find((each) => each.name === 'KafkaJSSASLAuthenticationError' || typeOf(each)?.includes('SASL'));
  if (login) {
    return refusal('EVENT_LOG_AUTH_FAILED', `Kafka at ${where} refuses the login (${messageOf(login)}).`, error);
  }
  const forbidden = all.find((each) => typeOf(each)?.endsWith('AUTHORIZATION_FAILED'));
  if (forbidden) {
    return refusal('EVENT_LOG_FORBIDDEN', `Kafka at ${where} does not allow that (${messageOf(forbidden)}).`, error);
  }
  const refused = all.find((each) => typeOf(each) !== undefined && (each.retriable ?? each.canRetry) === false);
  if (refused) {
    return new MarqueeError('EVENT_LOG_FAILED', `Kafka at ${where} refuses the request (${messageOf(refused)}).`, {
      cause: error,
      retryable: PASSING.has(typeOf(refused) ?? ''),
    });
  }
  // The outer errors of @platformatic/kafka say only which request failed.
  return unreachable(where, error, isOfPlatformatic(all[0]?.code) ? all.at(-1) : error);
}

/** Final for kafkajs, and over once brokers have started or the member has joined again. */
const PASSING = new Set([
  'BROKER_NOT_AVAILABLE',
  'INVALID_REPLICATION_FACTOR', // brokers do not count before they have registered
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
]);
/** Names of errors of the connection that kafkajs has as final. */
const LOST = new Set(['KafkaJSGroupCoordinatorNotFound', 'KafkaJSLockTimeout', 'KafkaJSTimeout']);
const PROGRAM_ERRORS = new Set(['RangeError', 'ReferenceError', 'SyntaxError', 'TypeError']);

/** Maps the reason of a consumer's end. Unlike {@link toEventLogError}, retryable for errors of brokers and connections only. */
export function toConsumerError(reason: unknown, brokers: readonly string[], topic: string): MarqueeError {
  const all = unwrap(reason);
  const error = toEventLogError(reason, brokers, topic);
  const isLost = all.some(
    ({ name = '', retriable, canRetry, code }) =>
      retriable || canRetry || LOST.has(name) || (typeof code === 'string' && !isOfPlatformatic(code)),
  );
  const isProgramError = all.some(({ name = '' }) => PROGRAM_ERRORS.has(name));
  if (!error.retryable || (isLost && !isProgramError)) return error;
  return new MarqueeError('EVENT_LOG_FAILED', `The client of Kafka failed (${messageOf(reason)}).`, { cause: reason });
}

function refusal(code: string, message: string, cause: unknown): MarqueeError {
  return new MarqueeError(code, message, { cause, exitCode: EXIT.usage });
}
