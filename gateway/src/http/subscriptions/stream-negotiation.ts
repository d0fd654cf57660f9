import { mediaRanges } from '@marquee/graphql-over-http/accept';
import { EVENT_STREAM, EVENT_STREAM_TYPE } from './event-stream-format.ts';
import { MULTIPART, SUBSCRIPTION_SPEC } from './multipart-format.ts';
import type { StreamFormat } from './stream-transport.ts';

/** Returns the format of subscriptions that a client accepts, by its preference; undefined when it accepts none. */
export function streamFormatFor(accept: string | undefined): StreamFormat | undefined {
  if (accept === undefined || !/event-stream|subscriptionspec/i.test(accept)) return undefined;
  let [accepted, best]: [StreamFormat | undefined, number] = [undefined, 0];
  for (const { type, parameters, quality } of mediaRanges(accept)) {
    const isMultipart = type === 'multipart/mixed' && parameters.subscriptionspec === SUBSCRIPTION_SPEC;
    const format = isMultipart ? MULTIPART : type === EVENT_STREAM_TYPE ? EVENT_STREAM : undefined;
    if (format !== undefined && quality > best) [accepted, best] = [format, quality];
  }
  return accepted;
}
