import { unwatchFile, watch, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import type { TextSource } from './reload.ts';

/** Time without events after which a changed file is read: editors write a file in several steps. */
const SETTLE_MS = 100;

/** Poll interval, for changes without an event. */
const POLL_MS = 2_000;

/** The description of a file in messages, and the code of the error when it cannot be read. */
export interface FileKind {
  readonly description: string;
  readonly unreadableCode: string;
}

export const SUPERGRAPH: FileKind = { description: 'supergraph file', unreadableCode: 'SUPERGRAPH_UNREADABLE' };
export const PERSISTED_DOCUMENTS: FileKind = {
  description: 'file of persisted documents',
  unreadableCode: 'PERSISTED_DOCUMENTS_UNREADABLE',
};

/**
 * Creates a source over a file. Reading it throws MarqueeError with the kind's code (exit code 2) and the file's name.
 */
export function watchedFile(path: string, kind: FileKind, logger: Logger): TextSource {
  const file = resolve(path);
  return {
    name: file,
    read: () => read(file, kind),
    watch: (onChange) => watchPath(file, onChange, logger),
  };
}

async function read(file: string, { description, unreadableCode }: FileKind): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : messageOf(cause);
    throw new MarqueeError(unreadableCode, `The ${description} ${file} cannot be read: ${why}.`, {
      cause,
      exitCode: EXIT.usage,
    });
  }
}

/**
 * Watches the folder, not the file. An editor that saves by renaming leaves a watch on the file with an abandoned
 * inode; so does Kubernetes, which swaps the `..data` link beside a ConfigMap's files. A slow poll, which follows
 * links, finds changes without an event in the folder (a link out of it, a network file system).
 */
function watchPath(file: string, onChange: () => void, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  const folder = watch(dirname(file), { persistent: false }, settle);
  folder.on('error', (error) =>
    logger.warn({ err: error, file }, 'the folder is no longer watched; the file is polled'),
  );
  watchFile(file, { persistent: false, interval: POLL_MS }, settle);
  // The first poll does not report a change before it.
  const first = setTimeout(settle, POLL_MS).unref();
  return () => {
    clearTimeout(first);
    clearTimeout(timer);
    folder.close();
    unwatchFile(file, settle);
  };
}
