import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { StreamFormat } from './stream-transport.ts';

export const EVENT_STREAM_TYPE = 'text/event-stream';

const COMPLETE = 'event: complete\ndata: \n\n';

/** Returns the event with the JSON text of a result. */
export const nextEvent = (text: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${text}\n\n`;

/** Returns a stream of one result (graphql-sse, distinct connections mode). */
export const singleResult = (text: string): string => nextEvent(text) + COMPLETE;

/** The format of graphql-sse in the mode of distinct connections (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). */
export const EVENT_STREAM: StreamFormat = {
  name: 'sse',
  contentType: EVENT_STREAM_TYPE,
  start: ':\n\n',
  heartbeat: ':\n\n',
  // An id without data sets the last event id and dispatches no event.
  position: (id) => `id: ${id}\n: open\n\n`,
  message: ({ id, text }) => nextEvent(text, id),
  end: ({ errors }) => (errors === undefined ? COMPLETE : singleResult(`{"errors":${errorsText(errors)}}`)),
};
