import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AllowedOrigins } from '../cors.ts';

/** Returns true for a request to upgrade to a WebSocket; a server may ignore others (RFC 9110, section 7.8). */
export const isWebSocketRequest = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Returns true when pages of a request's origin may use the API. Browsers apply no CORS to WebSockets and send cookies
 * with them (RFC 6455, section 10.2), so the server applies it. Clients that are no browser send no origin.
 */
export function isOriginAllowed({ headers }: IncomingMessage, allowed: AllowedOrigins | undefined): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed === '*') return true;
  if (URL.canParse(origin) && new URL(origin).host === host) return true;
  return allowed?.(origin) ?? false;
}

/** Rejects a request for a WebSocket with a GraphQL error. */
export function rejectUpgrade(connection: Duplex, status: string, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  connection.on('error', () => connection.destroy());
  connection.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
