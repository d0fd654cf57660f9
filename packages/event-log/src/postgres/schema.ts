/** The schema of the Postgres event log, apart from its migrations, whose tools only they need. */
export const SCHEMA = 'event_log';
