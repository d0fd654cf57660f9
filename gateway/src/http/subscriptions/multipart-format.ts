import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { StreamFormat } from './stream-transport.ts';

/** The supported version of Apollo's multipart protocol, which clients must name. */
export const SUBSCRIPTION_SPEC = '1.0';

const BOUNDARY = 'graphql';
const DELIMITER = `\r\n--${BOUNDARY}`;

/** The delimiter after a part is sent with it, so that a client need not wait for the next part. */
const part = (json: string) => `\r\nContent-Type: application/json\r\n\r\n${json}${DELIMITER}`;

/** The format of Apollo's multipart protocol (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol). */
export const MULTIPART: StreamFormat = {
  name: 'multipart',
  contentType: `multipart/mixed; boundary="${BOUNDARY}"; subscriptionSpec=${SUBSCRIPTION_SPEC}`,
  start: DELIMITER + part('{}'),
  heartbeat: part('{}'),
  position: () => '',
  message: ({ text }) => part(`{"payload":${text}}`),
  // The end of a subscription is an error of the transport, beside an empty payload.
  end: ({ errors }) => `${errors === undefined ? '' : part(`{"payload":null,"errors":${errorsText(errors)}}`)}--\r\n`,
};
