import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { isEventId } from '../../subgraphs/events/event-stream-parser.ts';

/**
 * Returns the position after which a client resumes: the header `Last-Event-ID`, or `lastEventId` of the request's
 * extensions.
 *
 * @throws GraphQLError `BAD_REQUEST` for a value that can be no event id
 */
export function lastEventIdOf(headers: FastifyRequest['headers'], extensions: unknown): string | undefined {
  const given = headers['last-event-id'] ?? (extensions as { lastEventId?: unknown } | null | undefined)?.lastEventId;
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given === 'string' && isEventId(given)) return given;
  const message = 'The last event id is invalid: send the id of an event as it was received, or none.';
  throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
