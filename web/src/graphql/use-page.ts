import { useEffect, useRef } from 'react';
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useQuery } from 'urql';
import { mergeDeferred } from './merge-deferred.ts';

/** The state of a page's operation. */
export interface PageResult<Data> {
  /** Undefined until the first part of the response. Fields of deferred fragments are missing until they arrive. */
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  /** True while deferred fragments are pending. */
  readonly isPartial: boolean;
  readonly isLoading: boolean;
  retry(): void;
}

/**
 * Executes the operation of a page. While the same operation is executed again, deferred parts of the previous result
 * stay.
 */
export function usePage<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pause = false,
): PageResult<Data> {
  const [state, execute] = useQuery({ query, variables, pause } as Parameters<typeof useQuery<Data, Variables>>[0]);
  const previous = useRef<{ readonly key: string; readonly data: Data }>(undefined);
  const key = JSON.stringify(variables);
  // While the variables change, the state is still that of the previous ones.
  const isCurrent = state.operation === undefined || JSON.stringify(state.operation.variables) === key;
  const partial = isCurrent ? (state.data ?? undefined) : undefined;
  const kept = previous.current?.key === key ? previous.current.data : undefined;
  const data = partial !== undefined && state.hasNext ? mergeDeferred(kept, partial) : partial;
  useEffect(() => {
    if (data !== undefined && !state.hasNext) previous.current = { key, data };
  }, [key, data, state.hasNext]);
  return {
    data: data ?? kept,
    error: isCurrent ? state.error : undefined,
    isPartial: state.hasNext,
    isLoading: state.fetching || state.stale || !isCurrent,
    retry: () => execute({ requestPolicy: 'network-only' }),
  };
}
