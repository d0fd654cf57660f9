import pg from 'pg';
import type { Statement } from '../statement.ts';
import './usage-probe.ts';

/** Loaded into each measured server with Postgres: also returns the statements since the start of the recording. */
type Ask = { readonly ask: 'record' | 'recorded' };

let waves: Statement[][] | undefined;
let underWay = 0;

process.on('message', ({ ask }: Ask) => {
  if (ask === 'record') {
    waves = [];
    process.send?.({ ask });
  } else if (ask === 'recorded') {
    process.send?.({ ask, waves });
    waves = undefined;
  }
});
// The channel alone keeps no process alive.
process.channel?.unref();

const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
pg.Client.prototype.query = function record(this: pg.Client, ...args: unknown[]) {
  if (waves === undefined) return query.apply(this, args);
  const [first, second] = args;
  const config = typeof first === 'string' ? { text: first, values: Array.isArray(second) ? second : [] } : first;
  const { name, text, values = [] } = config as { name?: string; text: string; values?: unknown[] };
  if (underWay === 0) waves.push([]);
  waves.at(-1)?.push({ ...(name !== undefined && { name }), text, values });
  underWay += 1;
  const callback = args.at(-1);
  if (typeof callback === 'function') {
    args[args.length - 1] = (...result: unknown[]) => {
      underWay -= 1;
      callback(...result);
    };
    return query.apply(this, args);
  }
  const result = query.apply(this, args) as Promise<unknown>;
  const done = () => {
    underWay -= 1;
  };
  result.then(done, done);
  return result;
} as typeof pg.Client.prototype.query;
