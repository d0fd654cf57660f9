import { readFile, rm, writeFile } from 'node:fs/promises';
import { findProcess } from './process-table.ts';

/** What came of asking for a lock. */
export type LockAttempt =
  | {
      readonly held: true;
      /** Whether the one before died without releasing it. */
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
  const mark = `${process.pid} ${self?.started}\n`;
  for (let recovered = false; ; recovered = true) {
    try {
      await writeFile(file, mark, { flag: 'wx', mode: 0o644 });
      return { held: true, recovered, release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = await readFile(file, 'utf8').catch(() => '');
    const owner = Number.parseInt(found, 10);
    const entry = Number.isNaN(owner) ? undefined : await findProcess(owner);
    if (entry && found === `${owner} ${entry.started}\n`) return { held: false, owner };
    await rm(file, { force: true });
  }
}
