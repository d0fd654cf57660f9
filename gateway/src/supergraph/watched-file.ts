import { unwatchFile, watch, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import type { TextSource } from './reload.ts';

/** Editors write a file in several steps; one look after the last of them is enough. */
const SETTLE_MS = 100;

/** How often the file is looked at where no event tells of a change. */
const POLL_MS = 2_000;

/** What a file is to people, and the code of the error when it cannot be read. */
export interface FileKind {
  readonly what: string;
  readonly unreadable: string;
}

export const SUPERGRAPH: FileKind = { what: 'supergraph file', unreadable: 'SUPERGRAPH_UNREADABLE' };
export const PERSISTED_DOCUMENTS: FileKind = {
  what: 'file of persisted documents',
  unreadable: 'PERSISTED_DOCUMENTS_UNREADABLE',
};

/** A file that is followed. Reading it throws MarqueeError with the kind's code (exit code 2) that names the file. */
export function textFile(path: string, kind: FileKind, logger: Logger): TextSource {
  const file = resolve(path);
  return {
    name: file,
    read: () => read(file, kind),
    watch: (onChange) => watchPath(file, onChange, logger),
  };
}

async function read(file: string, { what, unreadable }: FileKind): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : messageOf(cause);
    throw new MarqueeError(unreadable, `The ${what} ${file} cannot be read: ${why}.`, { cause, exitCode: EXIT.usage });
  }
}

/**
 * Watches the folder, not the file: an editor that saves by renaming, and Kubernetes, which swaps the `..data` link beside a
 * ConfigMap's files, leave a watch on the file itself with an inode that nobody writes to any more. A slow poll of the file,
 * which follows links, finds what gives the folder no event (a link out of it, a network file system).
 */
function watchPath(file: string, onChange: () => void, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  const folder = watch(dirname(file), { persistent: false }, settle);
  folder.on('error', (error) => logger.warn({ err: error, file }, 'the folder is no longer watched, only polled'));
  watchFile(file, { persistent: false, interval: POLL_MS }, settle);
  // What changed since the file was read, but before the poll looked at it for the first time, is no change to the poll.
  const first = setTimeout(settle, POLL_MS).unref();
  return () => {
    clearTimeout(first);
    clearTimeout(timer);
    folder.close();
    unwatchFile(file, settle);
  };
}
