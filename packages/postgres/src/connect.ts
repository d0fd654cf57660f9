import pg from 'pg';
import { toDatabaseError } from './database-error.ts';

/**
 * Runs `work` on a connection of its own, outside of any pool, and closes it.
 *
 * @throws MarqueeError of {@link toDatabaseError}, for the connection and for errors of `work`
 */
export async function withConnection<T>(
  options: { url: string; applicationName: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
  });
  // A connection that breaks between two statements: the next statement rejects.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toDatabaseError(error, options.url);
  } finally {
    await client.end().catch(() => {});
  }
}
