/** The part of an answer's error that is bounded here (GraphQL specification, section 7.1.2). */
interface AnyError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Errors that a document, or the variables of a request, are refused with at most; graphql-js adds one that says so. */
export const MAX_REFUSALS = 5;

/** Errors of one answer. */
export const MAX_ERRORS = 1_000;

/** UTF-16 code units of a message: enough for a value of a client's that is quoted in it. */
const MAX_MESSAGE_LENGTH = 1_000;

/** UTF-16 code units of a code. */
const MAX_CODE_LENGTH = 100;

/** UTF-16 code units of one error as JSON text. */
const MAX_ERROR_LENGTH = 16_384;

/** UTF-16 code units of all errors of an answer as JSON text. */
const MAX_ERRORS_LENGTH = 262_144;

/** Stands for the errors that an answer has no room for. */
const LEFT_OUT = JSON.stringify({
  message: 'Further errors are left out: there are too many of them, or they are too long.',
  extensions: { code: 'TOO_MANY_ERRORS' },
});

/** Cuts a message, which may quote a value of any length, before anything else is done with it. */
export function cutMessage(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH - 1).toWellFormed()}…`;
}

/** The errors that an answer still has room for; it shrinks as they are written. */
export interface ErrorRoom {
  count: number;
  /** UTF-16 code units of JSON text. */
  length: number;
}

/** The room of an answer: {@link MAX_ERRORS} within 256 KiB. */
export const errorRoom = (): ErrorRoom => ({ count: MAX_ERRORS, length: MAX_ERRORS_LENGTH });

/**
 * The JSON text of an answer's errors, within its room. The last one has the code `TOO_MANY_ERRORS` where others are left out.
 *
 * @param format makes what clients see of an error; errors that are left out do not come to it
 * @param room of all parts of the answer together, where it comes in parts
 */
export function errorsText<E extends AnyError>(
  errors: readonly E[],
  format: (error: E) => AnyError = (error) => error,
  room = errorRoom(),
): string {
  let text = '';
  for (const error of errors) {
    const next = room.count > 0 ? errorText(format(error)) : LEFT_OUT;
    const isLast = next.length > room.length || next === LEFT_OUT;
    text += `${text === '' ? '' : ','}${isLast ? LEFT_OUT : next}`;
    if (isLast) break;
    room.count -= 1;
    room.length -= next.length + 1;
  }
  return `[${text}]`;
}

/** An error that is too long loses its place, and all of its extensions but the code. */
function errorText(error: AnyError): string {
  const message = cutMessage(error.message);
  const text = JSON.stringify(message === error.message ? error : { ...error, message });
  if (text.length <= MAX_ERROR_LENGTH) return text;
  return JSON.stringify({ message, extensions: { code: String(error.extensions?.code).slice(0, MAX_CODE_LENGTH) } });
}
