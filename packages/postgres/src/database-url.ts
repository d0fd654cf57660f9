import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** The parts of a connection string. Without a name the database has that of its user, as in libpq. */
export interface DatabaseUrl {
  /** `host:port/database`, without the password, for messages and logs. */
  readonly address: string;
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/**
 * Parses a connection string of Postgres.
 *
 * @throws MarqueeError `INVALID_DATABASE_URL` (exit code 2), without the URL in the message, since it holds a password
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new MarqueeError(
      'INVALID_DATABASE_URL',
      'A database URL must look like postgres://user:password@host:5432/name.',
      {
        cause,
        exitCode: EXIT.usage,
      },
    );
  }
  const user = decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const host = url.hostname || url.searchParams.get('host') || 'localhost';
  const port = Number(url.port || '5432');
  return {
    address: `${host}:${port}/${database}`,
    host,
    port,
    database,
    user,
    password: decodeURIComponent(url.password),
  };
}
