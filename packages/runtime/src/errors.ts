/** Process exit codes, the same for every command of Marquee. */
export const EXIT = {
  /** All work was done. */
  ok: 0,
  /** Some of the work failed; what failed is reported. */
  failed: 1,
  /** The arguments or the configuration are invalid; nothing was done. */
  usage: 2,
  /** A comparison found differences; nothing failed. */
  different: 4,
  /** A dependency (database, event log, TMDb) could not be reached. */
  unreachable: 3,
  /** A part of a running process, such as a consumer, crashed again after each of its restarts. */
  crashed: 5,
} as const;

/** The cause of a {@link MarqueeError}, and how its caller and its process may react. */
export interface MarqueeErrorOptions {
  readonly cause?: unknown;
  /** True when the same call may succeed later without a change by anybody. Default false. */
  readonly retryable?: boolean;
  /** The exit code of a process that ends with this error. Default {@link EXIT.failed}. */
  readonly exitCode?: number;
}

/**
 * The base class of all errors of Marquee: a message that tells people what to do, and a stable `code` for machines. `cause` keeps the
 * underlying error for logs.
 */
export class MarqueeError extends Error {
  override readonly name = 'MarqueeError';
  readonly code: string;
  readonly retryable: boolean;
  readonly exitCode: number;

  constructor(code: string, message: string, options: MarqueeErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** Returns the message of any thrown value. An AggregateError has that of its first cause, since its own is often empty. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
