import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The interpreter with the package gql: `PYTHON`, or else `python3`. */
const PYTHON = process.env.PYTHON ?? 'python3';

/** Runs a Python program with standard input; returns its standard output. */
export async function python(args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(PYTHON, args, { timeout: 60_000 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Rejects where the interpreter lacks gql, with the command that installs it. */
export async function requireGql(): Promise<void> {
  await python(['-c', 'import gql, aiohttp, httpx, requests, websockets']).catch((cause: Error) => {
    const message = `${PYTHON} has no gql 4 with all transports: pip install "gql[all]", or name an interpreter that has it in PYTHON.`;
    throw new Error(message, { cause });
  });
}
