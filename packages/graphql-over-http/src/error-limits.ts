/** The bounded members of an error (GraphQL specification, section 7.1.2). */
interface AnyError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The most errors of an invalid document or of invalid variables; graphql-js adds one that says so. */
export const MAX_REFUSALS = 5;

/** The most errors of a response. */
export const MAX_ERRORS = 1_000;

/** The longest message, in UTF-16 code units: enough for a quoted value of a client. */
const MAX_MESSAGE_LENGTH = 1_000;

/** The longest code, in UTF-16 code units. */
const MAX_CODE_LENGTH = 100;

/** The longest error as JSON text, in UTF-16 code units. */
const MAX_ERROR_LENGTH = 16_384;

/** The longest errors of a response as JSON text, in UTF-16 code units. */
const MAX_ERRORS_LENGTH = 262_144;

/** Replaces the errors for which a response has no room. */
const LEFT_OUT = JSON.stringify({
  message: 'Further errors are left out: there are too many of them, or they are too long.',
  extensions: { code: 'TOO_MANY_ERRORS' },
});

/** Cuts a message, which may quote a value of any length, before further processing. */
export function cutMessage(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH - 1).toWellFormed()}…`;
}

/** The remaining room for errors of a response, which shrinks as they are written. */
export interface ErrorRoom {
  count: number;
  /** Remaining UTF-16 code units of JSON text. */
  length: number;
}

/** Returns the room of a response: {@link MAX_ERRORS} within 256 KiB. */
export const errorRoom = (): ErrorRoom => ({ count: MAX_ERRORS, length: MAX_ERRORS_LENGTH });

/**
 * Returns the JSON text of a response's errors, within its room. The last one has the code `TOO_MANY_ERRORS` where errors are omitted.
 *
 * @param format converts an error for clients; omitted errors are not converted
 * @param room shared by all payloads of an incremental response
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

/** Returns the JSON text of an error; one that is too long loses its path and all extensions but the code. */
function errorText(error: AnyError): string {
  const message = cutMessage(error.message);
  const text = JSON.stringify(message === error.message ? error : { ...error, message });
  if (text.length <= MAX_ERROR_LENGTH) return text;
  return JSON.stringify({ message, extensions: { code: String(error.extensions?.code).slice(0, MAX_CODE_LENGTH) } });
}
