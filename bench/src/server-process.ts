import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MarqueeError } from '@marquee/runtime/errors';

/** Resources that a process has used so far, in all threads. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Maximum resident memory so far. */
  readonly peakRssBytes: number;
}

/** The settings of the images of ingest and the subgraphs. */
export const IMAGE_SETTINGS = { NODE_OPTIONS: '--max-semi-space-size=2 --v8-pool-size=1', MALLOC_ARENA_MAX: '2' };

const START_MS = 60_000;
const SILENCE_MS = 60_000;

/** Starts a measured server, in production mode and without this process's environment. */
export function startServer(
  script: URL,
  { args = [], env, preload }: { args?: readonly string[]; env: Record<string, string>; preload: URL },
): ChildProcess {
  const { PATH = '' } = process.env;
  return fork(fileURLToPath(script), args, {
    env: { PATH, NODE_ENV: 'production', LOG_LEVEL: 'error', ...env },
    execArgv: ['--import', preload.href],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** Sends a message to a server and resolves with its response, which has the same `ask`. */
export async function askServer<Answer>(
  child: ChildProcess,
  message: { readonly ask: string; readonly queries?: unknown },
): Promise<Answer> {
  const answer = messageOf<Answer>(child, (received) => received.ask === message.ask);
  child.send(message);
  return answer;
}

/**
 * Resolves with the first message that the predicate accepts.
 *
 * @throws MarqueeError `SERVER_ENDED`, `SERVER_SILENT`
 */
export async function messageOf<Message>(
  child: ChildProcess,
  fits: (message: { readonly ask?: string }) => boolean,
): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  const onMessage = (message: unknown) => {
    if (fits(message as { ask?: string })) resolve(message as Message);
  };
  const onExit = (code: number | null) =>
    reject(new MarqueeError('SERVER_ENDED', `A measured server ended with code ${code}; its error is above.`));
  child.on('message', onMessage).once('exit', onExit);
  const timer = setTimeout(
    () => reject(new MarqueeError('SERVER_SILENT', 'A measured server did not respond.')),
    SILENCE_MS,
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit);
  }
}

/** @throws MarqueeError `SERVER_ENDED` when the server does not respond */
export async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new MarqueeError('SERVER_ENDED', `A server did not become ready at ${url}; its error is above.`);
}

export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
