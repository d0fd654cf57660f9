import type { Trace } from '@marquee/runtime/tracing';
import type { FastifyRequest } from 'fastify';
import { PlanRecording } from '../execution/plan-recording.ts';
import type { Cancellation } from '../subgraphs/cancellation.ts';
import type { ForwardedHeaders, ForwardHeaders } from '../subgraphs/header-forwarding.ts';
import type { Identity } from './auth/authentication.ts';
import { requestsPlan } from './plan-header.ts';

/** The client's part of the subgraph requests of one execution. */
export interface RequestContext {
  readonly identity: Identity | undefined;
  /** The client's headers that are forwarded. */
  readonly forwarded: ForwardedHeaders | undefined;
  readonly trace: Trace | undefined;
  /** Collects traces of subgraphs when the client requested them. */
  readonly federatedTraces: { readonly serviceName: string; readonly trace: string }[] | undefined;
  /** Records the run of the query plan when the client requested it. */
  readonly recording: PlanRecording | undefined;
  /** Collects the `Cache-Control` of subgraph responses; undefined without plugins, since nothing else uses it. */
  readonly cacheControls?: (string | undefined)[];
  readonly onCacheControl?: (header: string | undefined) => void;
  /** The cancellation of a query's execution. */
  readonly cancellation?: Cancellation;
}

export interface ContextOptions {
  readonly forwardHeaders: ForwardHeaders | undefined;
  /** True when clients may request traces of subgraphs (Apollo's federated tracing). */
  readonly federatedTracing: boolean;
  /** True when clients may request query plans. */
  readonly exposesPlans: boolean;
}

/** Creates the context of a request. */
export type CreateContext = (
  request: FastifyRequest,
  identity: Identity | undefined,
  trace: Trace | undefined,
) => RequestContext;

export function createContexts({ forwardHeaders, federatedTracing, exposesPlans }: ContextOptions): CreateContext {
  return ({ headers }, identity, trace) => ({
    identity,
    forwarded: forwardHeaders?.(headers),
    trace,
    federatedTraces: federatedTracing && headers['apollo-federation-include-trace'] === 'ftv1' ? [] : undefined,
    recording: exposesPlans && requestsPlan(headers) ? new PlanRecording() : undefined,
  });
}

/** Creates contexts that collect the `Cache-Control` of subgraph responses. */
export function withCacheControls(contextOf: CreateContext): CreateContext {
  return (...request) => {
    const cacheControls: (string | undefined)[] = [];
    return { ...contextOf(...request), cacheControls, onCacheControl: (header) => void cacheControls.push(header) };
  };
}

/** Returns a key of everything that may change the response of an operation; the trace may not. */
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
