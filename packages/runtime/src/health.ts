import { messageOf } from './errors.ts';

/** The response of `/readyz`: readiness for traffic, and the state of each check. */
export interface Readiness {
  readonly ready: boolean;
  readonly draining: boolean;
  /** The state of each check by its name, of checks that do not gate readiness too. Logs have the reasons of failures. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
  /** The reasons of failed checks that show them; absent without any. */
  readonly reasons?: Readonly<Record<string, string>>;
}

/** The effect of a check on readiness. */
export interface CheckOptions {
  /** True by default: the process is not ready while the check fails. False shows and logs failures only. */
  readonly gatesReadiness?: boolean;
  /** Shows the reason of a failure in the response; false by default. True for reasons without internals. */
  readonly showsReason?: boolean;
}

interface Check extends Required<CheckOptions> {
  readonly run: () => Promise<void>;
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
  addCheck(name: string, check: () => Promise<void>, options: CheckOptions = {}): void {
    const { gatesReadiness = true, showsReason = false } = options;
    this.#checks.set(name, { run: check, gatesReadiness, showsReason });
  }

  /** Makes the process not ready from now on, regardless of its checks. */
  drain(): void {
    this.#draining = true;
  }

  async readiness(): Promise<Readiness> {
    const checks: Record<string, 'ok' | 'failing'> = {};
    const reasons: Record<string, string> = {};
    let isReady = !this.#draining;
    const results = [...this.#checks].map(async ([name, check]) => [name, check, await failureOf(check)] as const);
    for (const [name, { gatesReadiness, showsReason }, failure] of await Promise.all(results)) {
      checks[name] = failure === undefined ? 'ok' : 'failing';
      if (failure === undefined) continue;
      this.#onFailure(name, failure);
      if (gatesReadiness) isReady = false;
      if (showsReason) reasons[name] = failure;
    }
    const hasReasons = Object.keys(reasons).length > 0;
    return { ready: isReady, draining: this.#draining, checks, ...(hasReasons && { reasons }) };
  }
}

/** Returns the reason of a failed check; undefined when it passes. */
async function failureOf({ run }: Check): Promise<string | undefined> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error(`no answer in ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([run(), timeout.promise]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    clearTimeout(timer);
  }
}
