import type { Trace } from '@marquee/runtime/tracing';
import type { FastifyRequest } from 'fastify';
import type { Cancellation } from '../subgraphs/cancellation.ts';
import type { ForwardedHeaders, ForwardHeaders } from '../subgraphs/header-forwarding.ts';
import type { Identity } from './auth/authentication.ts';

/** For whom, and with what, the subgraphs are asked in one request. */
export interface RequestContext {
  readonly identity: Identity | undefined;
  /** What goes on of the client's headers. */
  readonly forwarded: ForwardedHeaders | undefined;
  readonly trace: Trace | undefined;
  /** Where traces of subgraphs are collected, if the client asked for them. */
  readonly federatedTraces: { readonly serviceName: string; readonly trace: string }[] | undefined;
  /** The cancellation of its execution, when it is a query's. */
  readonly cancellation?: Cancellation;
}

export interface ContextOptions {
  readonly forwardHeaders: ForwardHeaders | undefined;
  /** Whether clients may ask for traces of subgraphs as Apollo's federated tracing has them. */
  readonly federatedTracing: boolean;
}

/** Makes the context of each request. */
export function createContexts({ forwardHeaders, federatedTracing }: ContextOptions) {
  return ({ headers }: FastifyRequest, identity: Identity | undefined, trace: Trace | undefined): RequestContext => ({
    identity,
    forwarded: forwardHeaders?.(headers),
    trace,
    federatedTraces: federatedTracing && headers['apollo-federation-include-trace'] === 'ftv1' ? [] : undefined,
  });
}

/** What makes queries of one operation equal: everything that may change the answer. A trace may not. */
export function equalityKey(
  variables: Readonly<Record<string, unknown>>,
  { identity, forwarded, federatedTraces }: RequestContext,
): string {
  return JSON.stringify([
    variables,
    identity?.subject,
    identity?.scopes,
    identity?.policies,
    forwarded?.key,
    federatedTraces,
  ]);
}
