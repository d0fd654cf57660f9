import { messageOf } from './errors.ts';

/** What `/readyz` answers: whether traffic may come, and which checks say otherwise. */
export interface Readiness {
  readonly ready: boolean;
  readonly draining: boolean;
  /** By name of the check: `ok`, or `failing`. Why it fails is for the logs. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Whether this process may get traffic: every check passes and it is not draining. */
export class Health {
  readonly #checks = new Map<string, () => Promise<void>>();
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
  addCheck(name: string, check: () => Promise<void>): void {
    this.#checks.set(name, check);
  }

  /** From now on the process is not ready, whatever its checks say. */
  drain(): void {
    this.#draining = true;
  }

  async readiness(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(name, check)] as const),
    );
    const ready = !this.#draining && results.every(([, result]) => result === 'ok');
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
