/** Process exit codes, the same for every command of Marquee. */
export const EXIT = {
  /** Everything asked for was done. */
  ok: 0,
  /** Some of the work failed; what failed is reported. */
  failed: 1,
  /** A mistake in the arguments or the configuration; nothing was done. */
  usage: 2,
  /** A dependency (database, event log, TMDb) could not be reached. */
  unreachable: 3,
} as const;

/** How a {@link MarqueeError} came about and what may be done about it. */
export interface MarqueeErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later without anybody changing anything. Default false. */
  readonly retryable?: boolean;
  /** What a process that ends with this error exits with. Default {@link EXIT.failed}. */
  readonly exitCode?: number;
}

/**
 * The one error base class of Marquee: a message for people that says what to do, and a stable `code` for machines.
 * What lies beneath it stays in `cause`, for the logs.
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

/** The message of anything that was thrown; an AggregateError's first cause, since its own message is often empty. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
