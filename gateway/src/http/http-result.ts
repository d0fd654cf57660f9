import { errorsText } from '@marquee/graphql-over-http/error-limits';
import { GraphQLError } from 'graphql';
import type { IncrementalExecution } from '../execution/execute-plan.ts';
import { OperationRejected } from '../execution/variables.ts';
import type { PreparedOperation } from '../operations/prepared-operation.ts';
import { compressible } from './content-coding.ts';
import type { FormatError } from './error-formatter.ts';
import type { OperationMeter } from './operation-metrics.ts';
import type { ResponseBody } from './response-body.ts';
import type { AcceptedSubscription } from './subscriptions/subscriptions.ts';

/** The response, with its status for `application/graphql-response+json`. */
export interface HttpResult extends ResponseBody {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the content type that the client prefers. */
  readonly contentType?: string;
  /** True for a GraphQL response, including rejections, whose status depends on the media type. */
  readonly isGraphql: boolean;
  /** True when plugins may have set the status: it is then the same for every media type. */
  readonly hasFinalStatus?: boolean;
  /** The operation that was executed. */
  readonly operation?: PreparedOperation;
  readonly meter?: OperationMeter;
  /** The results after the initial one. */
  readonly subsequentResults?: IncrementalExecution['subsequentResults'];
  /** Returns JSON text of a member of the extensions, for the last of the subsequent results. */
  readonly lastExtension?: () => string | undefined;
  /** The subscription that the request has begun, instead of a result. */
  readonly subscription?: AcceptedSubscription;
  /** True when the execution was cancelled because its client left. */
  readonly isCancelled?: boolean;
}

/** The errors of a request that is not executed, with the status and headers of its response. */
export interface Rejection {
  readonly errors: readonly GraphQLError[];
  /** 400 by default. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** True when the document is invalid: it cannot be parsed or validated, or exceeds a limit. */
  readonly isInvalidDocument?: boolean;
}

/** Codes of malformed requests, whose status is independent of the media type. */
const MALFORMED: ReadonlySet<unknown> = new Set(['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE']);

/** The response to a client that has left; the status is nginx's. */
export const CANCELLED = {
  status: 499,
  text: '',
  compressed: undefined,
  hasErrors: false,
  isGraphql: true,
  isCancelled: true,
} as const;

/** The result of a request that has begun a subscription. */
export const ACCEPTED = { status: 200, text: '', compressed: undefined, hasErrors: false, isGraphql: true } as const;

/** Returns the rejection of a valid request, with the status and headers of its first error. */
export function rejectionOf(errors: readonly GraphQLError[]): Rejection {
  const http = errors[0]?.extensions.http as Omit<Rejection, 'errors'> | undefined;
  return { errors, status: http?.status, headers: http?.headers };
}

/** Returns the rejection for a thrown error; an unexpected one has the status 500. */
export function rejectionFor(error: unknown): Rejection {
  if (error instanceof OperationRejected) return { errors: error.errors };
  if (error instanceof GraphQLError) return rejectionOf([error]);
  const unexpected = error instanceof Error ? error : new Error(String(error));
  return { errors: [new GraphQLError(unexpected.message, { originalError: unexpected })], status: 500 };
}

/** Returns a response without data. */
export function rejected({ errors, status = 400, headers }: Rejection, format: FormatError): HttpResult {
  return {
    status,
    ...compressible(`{"errors":${errorsText(errors, format)}}`),
    hasErrors: true,
    ...(headers && { headers }),
    isGraphql: isGraphqlRejection(errors),
  };
}

/** Returns false for malformed requests, which never reach GraphQL. */
export function isGraphqlRejection(errors: readonly GraphQLError[]): boolean {
  return errors.every(({ extensions }) => !MALFORMED.has(extensions.code));
}
