import { unwatchFile, watch, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import type { SupergraphSource } from '../application/supergraph-reloading.ts';

/** Editors write a file in several steps; one look after the last of them is enough. */
const SETTLE_MS = 100;

/** How often the file is looked at where no event tells of a change. */
const POLL_MS = 2_000;

/** A supergraph file. Reading it throws MarqueeError `SUPERGRAPH_UNREADABLE` (exit code 2) that names the file. */
export function supergraphFile(path: string, logger: Logger): SupergraphSource {
  const file = resolve(path);
  return {
    name: file,
    read: () => read(file),
    watch: (onChange) => watchPath(file, onChange, logger),
  };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : messageOf(cause);
    throw new MarqueeError('SUPERGRAPH_UNREADABLE', `The supergraph file ${file} cannot be read: ${why}.`, {
      cause,
      exitCode: EXIT.usage,
    });
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
  return () => {
    clearTimeout(timer);
    folder.close();
    unwatchFile(file, settle);
  };
}
