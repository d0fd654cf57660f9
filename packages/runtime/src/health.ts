import { messageOf } from './errors.ts';

/** What `/readyz` answers: whether traffic may come, and which checks say otherwise. */
export interface Readiness {
  readonly ready: boolean;
  readonly draining: boolean;
  /** By name of the check: `ok`, or `failing`, also of those that hold no traffic back. Why it fails is for the logs. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
}

/** How a check counts. */
export interface CheckOptions {
  /** Whether the process is not ready while the check fails. Default true; false: it is shown, and logged, and no more. */
  readonly gatesReadiness?: boolean;
}

interface Check {
  readonly run: () => Promise<void>;
  readonly gatesReadiness: boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Whether this process may get traffic: every check that gates it passes and it is not draining. */
export class Health {
  readonly #checks = new Map<string, Check>();
  readonly #onFailure: (check: string, reason: string) => void;
  #draining = false;

  constructor(onFailure: (check: string, reason: string) => void = () => {}) {
    this.#onFailure = onFailure;
  }

  /** Whether the process has begun to stop. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Adds a check of something that this process owns and cannot serve without; it fails by rejecting, or after 2 s. */
  addCheck(name: string, check: () => Promise<void>, { gatesReadiness = true }: CheckOptions = {}): void {
    this.#checks.set(name, { run: check, gatesReadiness });
  }

  /** From now on the process is not ready, whatever its checks say. */
  drain(): void {
    this.#draining = true;
  }

  async readiness(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(name, check.run)] as const),
    );
    const gated = results.some(([name, result]) => result === 'failing' && this.#checks.get(name)?.gatesReadiness);
    const ready = !this.#draining && !gated;
    return { ready, draining: this.#draining, checks: Object.fromEntries(results) };
  }

  async #run(name: string, check: () => Promise<void>): Promise<'ok' | 'failing'> {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Error(`no answer in ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
    try {
      await Promise.race([check(), timeout.promise]);
      return 'ok';
    } catch (error) {
      this.#onFailure(name, messageOf(error));
      return 'failing';
    } finally {
      clearTimeout(timer);
    }
  }
}
