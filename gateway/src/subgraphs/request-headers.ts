import type { Trace } from '@marquee/runtime/tracing';
import { IDENTITY_HEADER } from '@marquee/trust/identity';
import { signRequest } from '@marquee/trust/request-signature';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { ForwardedHeaders } from './header-forwarding.ts';
import { ACCEPT_ENCODING } from './response-content.ts';

/** Requests a trace (https://www.apollographql.com/docs/federation/metrics). */
const INCLUDE_TRACE = { 'apollo-federation-include-trace': 'ftv1' };

/** The client's part of a request's headers. */
interface ForwardedParts {
  readonly forwarded?: ForwardedHeaders | undefined;
  /** Undefined when no traces are requested. */
  readonly federatedTraces?: readonly unknown[] | undefined;
}

/**
 * Creates a function that returns the headers of a request: the forwarded ones, the encoded identity, the trace, and
 * the signature over them.
 *
 * @param accept the media types of responses, by preference
 */
export function createRequestHeaders(signingKey: SigningKey | undefined, accept: string) {
  return (
    { subgraph, target }: { readonly subgraph: string; readonly target: string },
    body: string,
    { forwarded, federatedTraces }: ForwardedParts,
    identity: string | undefined,
    part: Trace | undefined,
  ): Record<string, string> => {
    const headers = signingKey
      ? signRequest({ method: 'POST', target, body, subgraph, identity }, signingKey)
      : identity === undefined
        ? {}
        : { [IDENTITY_HEADER]: identity };
    headers['content-type'] = 'application/json';
    headers.accept = accept;
    headers['accept-encoding'] = ACCEPT_ENCODING;
    if (part !== undefined) Object.assign(headers, part.headers);
    if (federatedTraces !== undefined) Object.assign(headers, INCLUDE_TRACE);
    return forwarded === undefined ? headers : { ...forwarded.to(subgraph).headers, ...headers };
  };
}
