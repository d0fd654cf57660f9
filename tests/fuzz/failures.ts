import fc from 'fast-check';

/** A value that breaks a property, shrunk by fast-check. */
export interface Failure<Value> {
  /** Reproduces the value together with `path`. */
  readonly seed: number;
  readonly path: string;
  readonly value: Value;
  readonly error: unknown;
}

export interface Runs {
  readonly seed: number;
  /** The number of values to check. */
  readonly runs: number;
  /** The path of an earlier failure, to check its value alone. */
  readonly path?: string | undefined;
}

/**
 * Checks a property on random values, one after the other. After a failure, which is shrunk, the remaining values come from the next seed.
 *
 * @param check rejects when a value breaks the property
 */
export async function failuresOf<Value>(
  arbitrary: fc.Arbitrary<Value>,
  { seed, runs, path }: Runs,
  check: (value: Value, isShrinking: boolean) => Promise<void>,
): Promise<Failure<Value>[]> {
  const failures: Failure<Value>[] = [];
  for (let [next, left] = [seed, runs]; left > 0; next += 1) {
    let isShrinking = false;
    const property = fc.asyncProperty(arbitrary, async (value) => {
      try {
        await check(value, isShrinking);
      } catch (error) {
        isShrinking = true;
        throw error;
      }
    });
    const details = await fc.check(property, {
      ...{ seed: next, numRuns: left },
      ...(path !== undefined && { path, numRuns: 1, endOnFailure: true }),
    });
    if (!details.failed) break;
    const { counterexample, counterexamplePath, errorInstance, numRuns } = details;
    if (counterexample === null) throw errorInstance;
    failures.push({ seed: next, path: counterexamplePath ?? '', value: counterexample[0], error: errorInstance });
    if (path !== undefined) break;
    left -= numRuns;
  }
  return failures;
}
