import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { findProcess } from './process-table.ts';

/** The result of an attempt to take a lock. */
export type LockAttempt =
  | {
      readonly held: true;
      /** True when the previous holder died without releasing it. */
      readonly recovered: boolean;
      release(): Promise<void>;
    }
  | { readonly held: false; readonly owner: number };

/**
 * A file that one living process owns at a time. Unlike a lock that is only a file, it frees itself when its owner is gone,
 * however it went: the file holds the owner's id and start time.
 */
export async function acquireLock(file: string): Promise<LockAttempt> {
  const self = await findProcess(process.pid);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${process.pid} ${self?.started}\n`);
  try {
    for (let recovered = false; ; recovered = true) {
      // A link is made whole or not at all: nobody ever reads a lock that is half written.
      if (await linked(draft, file)) return { held: true, recovered, release: () => rm(file, { force: true }) };
      const found = await readFile(file, 'utf8').catch(() => '');
      const owner = Number.parseInt(found, 10);
      const entry = Number.isNaN(owner) ? undefined : await findProcess(owner);
      if (entry && found === `${owner} ${entry.started}\n`) return { held: false, owner };
      await removeStale(file, found);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead owner's lock away, unless another process did so first and holds it by now: then that one gets it back. */
async function removeStale(file: string, content: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== content) await linked(aside, file);
  await rm(aside);
}
