import pg from 'pg';

/** Channel on which members of a group say its name when they come or go, or free a partition. */
export const GROUPS_CHANNEL = 'event_log_groups';

/** A connection of its own, whose advisory locks say which partitions this member runs. When it ends, they are free. */
export interface Session {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Aborted when the connection is lost or closed. */
  lost: AbortSignal;
  close(): Promise<void>;
}

/**
 * The session is idle for as long as it likes, and the server notices within a minute that a member's machine is gone; by default
 * that takes it two hours.
 */
const SETTINGS = `
  set idle_session_timeout = 0;
  set tcp_keepalives_idle = 20;
  set tcp_keepalives_interval = 10;
  set tcp_keepalives_count = 4;
`;

/** A statement that takes longer means that the connection is gone: these are small. */
const ANSWER_WAIT_MS = 15_000;

/**
 * Locks belong to the server's session: this needs a direct connection, or a pooler in session mode.
 *
 * @param onNotification called with the channel and what was said.
 */
export async function openSession(
  url: string,
  channels: readonly string[],
  onNotification: (channel: string, payload: string) => void,
): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'marquee-event-log-member',
    connectionTimeoutMillis: 5_000,
    query_timeout: ANSWER_WAIT_MS,
    keepAlive: true,
  });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''));

  // One statement after the other; the readers of all partitions share the session.
  let previous: Promise<unknown> = Promise.resolve();

  async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const result = previous.then(() => client.query<Row>(text, values));
    previous = result.catch(() => {});
    try {
      return (await result).rows;
    } catch (error) {
      // Without an answer nobody knows what this session holds: it ends, and with it the locks.
      lost.abort();
      throw error;
    }
  }

  async function close(): Promise<void> {
    lost.abort();
    // end() waits for the server, which may be gone without a word.
    const timer = setTimeout(() => client.connection.stream.destroy(), 1_000);
    await client.end().catch(() => {});
    clearTimeout(timer);
  }

  try {
    await client.connect();
    await client.query(SETTINGS);
    for (const channel of channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { query, lost: lost.signal, close };
}
