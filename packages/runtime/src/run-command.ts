import { EXIT, MarqueeError, messageOf } from './errors.ts';

/**
 * Runs a command of a terminal, and sets the exit code: that which it returns, or that of its error, whose message goes to standard error.
 */
export async function runCommand(run: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof MarqueeError ? error.exitCode : EXIT.failed;
  }
}
