import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { isUnavailable } from './availability.ts';

export interface StatementLimits {
  /** Connections that the statements of one scope use at once. */
  readonly connections: number;
  /** Time for all of its statements together, waits for connections included, in milliseconds. */
  readonly timeoutMs: number;
}

/** Thrown by statements of a scope that has ended. A client may see it. */
export class StatementsEnded extends Error {
  readonly extensions = { code: 'QUERY_TIMEOUT' };
}

/** Time in ms for the server to act on a cancel request, after which the connection is closed. */
const CANCEL_WAIT_MS = 1_000;

/**
 * The statements of one request. They use a bounded share of the pool, so that no request takes all connections, and end with the scope:
 * running ones are cancelled on the server, waiting ones are not sent.
 */
export class StatementScope {
  readonly #limits: StatementLimits;
  readonly #timer: NodeJS.Timeout;
  readonly #waiting: { readonly begin: () => void; readonly end: (error: Error) => void }[] = [];
  readonly #running = new Set<() => void>();
  #used = 0;
  #ended: StatementsEnded | undefined;

  constructor(limits: StatementLimits) {
    this.#limits = limits;
    this.#timer = setTimeout(
      () => this.end(`The query took longer than ${limits.timeoutMs} ms: request fewer items or fields at once.`),
      limits.timeoutMs,
    ).unref();
  }

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Ends running and waiting statements, and refuses later ones. @param reason for the client */
  end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.close();
    this.#ended = new StatementsEnded(reason);
    for (const { end } of this.#waiting.splice(0)) end(this.#ended);
    for (const cancel of this.#running) cancel();
  }

  /** Closes the scope after its last statement, and stops its timer. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** Sends a statement on a connection of the pool, as soon as the scope's share allows it. */
  async run<Result>(pool: pg.Pool, send: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    await this.#place();
    try {
      const client = await pool.connect();
      return await this.#runOn(client, send);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#used -= 1;
      else next.begin();
    }
  }

  async #place(): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#used < this.#limits.connections) this.#used += 1;
    // Passes the place to the next waiting statement.
    else await new Promise<void>((begin, end) => this.#waiting.push({ begin, end }));
  }

  async #runOn<Result>(client: pg.PoolClient, send: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    let isBroken = false;
    let cancelled: Promise<boolean> | undefined;
    const cancel = () => {
      cancelled = cancelStatement(client);
    };
    try {
      if (this.#ended !== undefined) throw this.#ended;
      this.#running.add(cancel);
      return await send(client);
    } catch (error) {
      isBroken = isUnavailable(error);
      throw this.#ended ?? error;
    } finally {
      this.#running.delete(cancel);
      // A cancel request that is still in flight would cancel the connection's next statement.
      if (cancelled !== undefined && !(await cancelled)) isBroken = true;
      client.release(isBroken);
    }
  }
}

/** Parts of pg that its types lack, and that its own `Client.cancel` uses. */
interface Cancellable {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: unknown;
}

interface CancelConnection {
  connect(portOrPath: number | string, host?: string): void;
  cancel(processID: number, secretKey: unknown): void;
}

/**
 * Cancels the running statement of a connection with the protocol's cancel request, which reaches the right server through a pooler too
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS).
 *
 * @returns true when the server received the request in time
 */
function cancelStatement(client: pg.PoolClient): Promise<boolean> {
  const { host, port, processID, secretKey } = client as pg.PoolClient & Cancellable;
  const connection = new pg.Connection() as pg.Connection & CancelConnection;
  return new Promise((resolve) => {
    const finish = (isDone: boolean) => {
      clearTimeout(timer);
      connection.stream.destroy();
      resolve(isDone);
    };
    const timer = setTimeout(() => finish(false), CANCEL_WAIT_MS);
    connection.on('error', () => finish(false));
    // The server closes the connection after it has signalled the backend.
    connection.on('end', () => finish(true));
    connection.on('connect', () => connection.cancel(processID, secretKey));
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}

const scopes = new AsyncLocalStorage<StatementScope | undefined>();

/** Runs work whose statements belong to a scope, including later asynchronous ones. */
export function withStatements<Result>(scope: StatementScope, work: () => Result): Result {
  return scopes.run(scope, work);
}

/** Runs work that outlives its request: its statements belong to no scope. */
export function withoutStatementScope<Result>(work: () => Result): Result {
  return scopes.run(undefined, work);
}

/** Makes the statements of a pool run in their scope. Does not change transactions and statements without a scope. */
export function scopeStatements(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) => {
    const scope = scopes.getStore();
    if (scope === undefined) return query(...args);
    return scope.run(pool, (client) => (client.query as (...sent: unknown[]) => Promise<unknown>)(...args));
  }) as pg.Pool['query'];
}
