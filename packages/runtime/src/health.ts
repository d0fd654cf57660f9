import { messageOf } from './errors.ts';

/** The response of `/readyz`: readiness for traffic, and the state of each check. */
export interface Readiness {
  readonly ready: boolean;
  readonly draining: boolean;
  /** The state of each check by its name, of checks that do not gate readiness too. Logs have the reasons of failures. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
}

/** The effect of a check on readiness. */
export interface CheckOptions {
  /** True by default: the process is not ready while the check fails. False shows and logs failures only. */
  readonly gatesReadiness?: boolean;
}

interface Check {
  readonly run: () => Promise<void>;
  readonly gatesReadiness: boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/** The readiness of this process: true while every check that gates it passes and the process is not draining. */
export class Health {
  readonly #checks = new Map<string, Check>();
  readonly #onFailure: (check: string, reason: string) => void;
  #draining = false;

  constructor(onFailure: (check: string, reason: string) => void = () => {}) {
    this.#onFailure = onFailure;
  }

  /** True once the process has begun to stop. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Adds a check of a dependency that this process cannot serve without. A check fails by rejecting, or after 2 s. */
  addCheck(name: string, check: () => Promise<void>, { gatesReadiness = true }: CheckOptions = {}): void {
    this.#checks.set(name, { run: check, gatesReadiness });
  }

  /** Makes the process not ready from now on, regardless of its checks. */
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
