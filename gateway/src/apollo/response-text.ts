import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { unreadText } from './lazy-data.ts';

export type StringifyResult = NonNullable<ApolloServerOptions<BaseContext>['stringifyResult']>;

/** Returns the JSON text of a result as Apollo Server's own function does; unread data stays as it was written. */
export function stringifyResult(result: Parameters<StringifyResult>[0]): string {
  const text = 'data' in result ? unreadText(result.data) : undefined;
  if (text === undefined) return `${JSON.stringify(result)}\n`;
  const members = Object.entries(result).flatMap(([key, value]) => {
    const json = key === 'data' ? text : JSON.stringify(value);
    return json === undefined ? [] : [`${JSON.stringify(key)}:${json}`];
  });
  return `{${members.join()}}\n`;
}
