import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

const NO_ENGINE = 'No Docker engine answers: start Docker, or set DOCKER_HOST to one that runs.';

/**
 * Runs the `docker` command.
 *
 * @param onOutput receives the output of both streams
 * @returns the output on stdout
 * @throws MarqueeError `DOCKER_FAILED` with the end of the output
 */
export async function docker(
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; onOutput?: (chunk: string) => void } = {},
): Promise<string> {
  const child = spawn('docker', args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { onOutput } = options;
  if (onOutput)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => onOutput(String(chunk)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  if (code === 0) return stdout;
  // The classic builder prints the output of a step on stdout, and its error on stderr; BuildKit prints everything on stderr.
  const reason = [stdout, stderr].map((output) => output.trim().split('\n').slice(-12).join('\n')).join('\n');
  throw new MarqueeError('DOCKER_FAILED', `docker ${args[0]} failed (${code}):\n${reason.trim()}`, {
    exitCode: EXIT.failed,
  });
}

async function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  try {
    const [code] = await once(child, 'close');
    return code as number | null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new MarqueeError('DOCKER_MISSING', 'There is no docker command: install Docker.', {
      cause: error,
      exitCode: EXIT.unreachable,
    });
  }
}

/** Rejects with MarqueeError `DOCKER_UNREACHABLE` (exit code 3) unless an engine responds. */
export async function requireEngine(): Promise<void> {
  try {
    await docker(['version', '--format', '{{.Server.Version}}']);
  } catch (error) {
    if (error instanceof MarqueeError && error.code === 'DOCKER_MISSING') throw error;
    throw new MarqueeError('DOCKER_UNREACHABLE', NO_ENGINE, { cause: error, exitCode: EXIT.unreachable });
  }
}
