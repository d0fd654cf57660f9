import pino from 'pino';
import type { ApolloLogger } from './apollo-types.ts';

const METHODS = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'error' } as const;

/** Returns a logger that writes each entry as one message of Apollo's logger: its text, then its fields as JSON. */
export function apolloLogger(logger: ApolloLogger): pino.Logger {
  const write = (line: string): void => {
    const {
      level,
      msg,
      time: _time,
      ...fields
    } = JSON.parse(line) as {
      level: keyof typeof METHODS;
      msg: string;
      time: number;
    };
    const details = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
    logger[METHODS[level]](`${msg}${details}`);
  };
  return pino({ base: null, level: 'debug' }, { write });
}
