import type { Identity } from '../../http/auth/authentication.ts';
import type { Rejection } from '../../http/http-result.ts';
import type { LifecycleRequest } from '../../http/request-lifecycle.ts';

/** The progress of a request in Apollo Server. */
export interface RequestState {
  readonly request: LifecycleRequest;
  /** The reason for which the request gets no data; its errors replace those of Apollo Server. */
  rejection: Rejection | undefined;
  /** The error of a plugin in a hook that must not throw. */
  unexpected?: Error;
}

const STATE = Symbol('state of a request');

/** The `contextValue` of plugins. */
export interface DoorContext {
  /** The bearer of a verified token; undefined for an anonymous request. */
  readonly identity: Identity | undefined;
  readonly request: LifecycleRequest['request'];
  /** Apollo Server copies it with the context. */
  readonly [STATE]: RequestState;
}

export function contextValueOf(state: RequestState): DoorContext {
  const { request, context } = state.request;
  return { identity: context?.identity, request, [STATE]: state };
}

export function stateOf(contextValue: DoorContext): RequestState {
  return contextValue[STATE];
}
