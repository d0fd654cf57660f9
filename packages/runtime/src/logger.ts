import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * A JSON logger, one line an entry: level by name, ISO time, the service's name. On stderr, so that stdout is free for what a
 * command prints. Authorization headers, tokens and passwords are redacted wherever an entry holds them at those places.
 */
export function createLogger(service: string, level = process.env.LOG_LEVEL || 'info'): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.token', '*.authorization'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
