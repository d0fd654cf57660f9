import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** What a connection string says. Without a name of its own a database is called as its user, as in libpq. */
export interface DatabaseUrl {
  /** `host:port/database`: fit for messages and logs, since it holds no password. */
  readonly address: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/**
 * Takes a connection string of Postgres apart.
 *
 * @throws MarqueeError `INVALID_DATABASE_URL` (exit code 2); the message does not repeat the URL, which holds a password.
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
  return {
    address: `${host}:${url.port || '5432'}/${database}`,
    database,
    user,
    password: decodeURIComponent(url.password),
  };
}
