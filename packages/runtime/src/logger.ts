import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * Returns a JSON logger that writes one line per entry to stderr: level by name, ISO time, the service's name. stdout stays free for a
 * command's output. Redacts authorization headers, tokens and passwords at their known paths.
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
