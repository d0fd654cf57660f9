import type { GraphQLResponse } from '@apollo/server';
import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { LifecycleResponse } from '../../http/request-lifecycle.ts';
import { unreadText } from '../lazy-data.ts';

/** Returns the response after all plugins; data that no plugin has read stays as the gateway wrote it. */
export function lifecycleResponse({ http, body }: GraphQLResponse): LifecycleResponse {
  if (body.kind !== 'single') throw new Error('A plugin responded with incremental results, which are not supported.');
  const { data, errors, extensions } = body.singleResult;
  const hasErrors = errors !== undefined && errors.length > 0;
  const members = [
    ...(hasErrors ? [`"errors":${errorsText(errors)}`] : []),
    ...(data === undefined ? [] : [`"data":${unreadText(data) ?? JSON.stringify(data)}`]),
    ...(extensions === undefined ? [] : [`"extensions":${JSON.stringify(extensions)}`]),
  ];
  return {
    status: http.status,
    headers: Object.fromEntries(http.headers),
    text: `{${members.join()}}`,
    hasErrors,
  };
}
