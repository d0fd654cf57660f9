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
 * Takes a lock that one running process owns at a time. The file has the owner's id and start time, so the lock is free when its owner has
 * ended, however it ended.
 */
export async function acquireLock(file: string): Promise<LockAttempt> {
  const self = await findProcess(process.pid);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${process.pid} ${self?.started}\n`);
  try {
    for (let recovered = false; ; recovered = true) {
      // A link is atomic: no process reads a partly written lock.
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

/** Removes a dead owner's lock. Restores it when another process has taken it over meanwhile. */
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
