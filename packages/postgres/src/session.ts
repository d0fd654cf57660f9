import pg from 'pg';

/**
 * A connection outside of any pool. Its advisory locks and its listening to channels end with it, however it ends.
 */
export interface Session {
  /** Executes one statement at a time. A failed one ends the session. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Aborted when the connection is lost or closed. */
  lost: AbortSignal;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly url: string;
  /** The schema of unqualified names; by default the role's. */
  readonly schema?: string;
  /** The name in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly channels: readonly string[];
  /** Receives notifications of the channels. */
  readonly onNotification: (channel: string, payload: string) => void;
  /** Milliseconds without a statement after which the server ends the session, so that a frozen process loses its locks. Default: none. */
  readonly idleLimitMs?: number;
}

/** Lets the server detect within a minute that the client's machine is gone, instead of two hours. */
const SETTINGS = `
  set tcp_keepalives_idle = 20;
  set tcp_keepalives_interval = 10;
  set tcp_keepalives_count = 4;
`;

/** Time after which a statement's connection counts as lost: these statements are short. */
const ANSWER_WAIT_MS = 15_000;

/** Opens a session. It needs a direct connection or a pooler in session mode, since locks and channels belong to the server's session. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { channels, onNotification, schema, idleLimitMs = 0 } = options;
  const client = new pg.Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    query_timeout: ANSWER_WAIT_MS,
    keepAlive: true,
  });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''));

  let previous: Promise<unknown> = Promise.resolve();

  async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const result = previous.then(() => client.query<Row>(text, values));
    previous = result.catch(() => {});
    try {
      return (await result).rows;
    } catch (error) {
      // Without a response the state of the session is unknown: it ends, and with it the locks.
      lost.abort();
      throw error;
    }
  }

  async function close(): Promise<void> {
    lost.abort();
    // end() waits for the server, which may be unreachable.
    const timer = setTimeout(() => client.connection.stream.destroy(), 1_000);
    await client.end().catch(() => {});
    clearTimeout(timer);
  }

  try {
    await client.connect();
    await client.query(`${SETTINGS} set idle_session_timeout = ${idleLimitMs}`);
    if (schema !== undefined) await client.query(`set search_path = ${pg.escapeIdentifier(schema)}, public`);
    for (const channel of channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { query, lost: lost.signal, close };
}
