import { commaList } from '@marquee/runtime/config';
import type { AllowedOrigins } from '../http/cors.ts';

/** An origin (RFC 6454, section 6.2); `*` may stand for a part of the host, or for the port. */
const PATTERN = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:]+\]|[a-z0-9*._-]+)(?::(\d{1,5}|\*))?\/?$/;

/**
 * The part of a host after `*`: a domain below a top-level one, or a reserved name (RFC 6761). A pattern must not match
 * domains of other owners.
 */
const OWNED = /^[a-z0-9_-]*\.(?:[a-z0-9_-]+\.[a-z0-9._-]*[a-z0-9]|localhost|local|internal|test|example)$/;

/** The longest host (RFC 1035, section 2.3.4), a scheme and a port. */
const MAX_ORIGIN = 300;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

interface OriginPattern {
  readonly scheme: string;
  /** The host before and behind the `*`; the whole of it where there is none. */
  readonly host: readonly [before: string, behind?: string];
  /** Empty for the scheme's own, `*` for any. */
  readonly port: string;
}

/** Origins and patterns of them, separated by commas. */
export const allowedOrigins = commaList()
  .transform((texts, issues): AllowedOrigins => {
    if (texts.includes('*')) return '*';
    const patterns = texts.map((text) => {
      const pattern = parsePattern(text.toLowerCase());
      if (pattern === undefined) {
        issues.addIssue(
          `must be *, or origins such as https://app.example, https://*.app.example, http://localhost:*; ${JSON.stringify(text)} is none`,
        );
      }
      return pattern;
    });
    return (origin) => isAllowed(origin, patterns as OriginPattern[]);
  })
  .optional();

function parsePattern(text: string): OriginPattern | undefined {
  const [, scheme = '', host = '', port = ''] = PATTERN.exec(text) ?? [];
  const parts = host.split('*');
  if (host === '' || parts.length > 2 || Number(port) > 65_535) return undefined;
  const [before = '', behind] = parts;
  if (behind !== undefined && !OWNED.test(behind)) return undefined;
  return { scheme, host: behind === undefined ? [before] : [before, behind], port: normalPort(scheme, port) };
}

function isAllowed(origin: string, patterns: readonly OriginPattern[]): boolean {
  if (origin.length > MAX_ORIGIN) return false;
  const [, scheme = '', host = '', port = ''] = PATTERN.exec(origin.toLowerCase()) ?? [];
  if (host === '' || origin.includes('*') || origin.endsWith('/')) return false;
  const normal = normalPort(scheme, port);
  return patterns.some(
    (pattern) =>
      pattern.scheme === scheme && hostMatches(host, pattern.host) && (pattern.port === '*' || pattern.port === normal),
  );
}

/** The `*` stands for at least one character. */
function hostMatches(host: string, [before, behind]: OriginPattern['host']): boolean {
  if (behind === undefined) return host === before;
  return host.length > before.length + behind.length && host.startsWith(before) && host.endsWith(behind);
}

function normalPort(scheme: string, port: string): string {
  return port === DEFAULT_PORTS[scheme] ? '' : port;
}
