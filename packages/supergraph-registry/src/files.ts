import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Texts of files by path relative to a folder. */
export type Files = ReadonlyMap<string, string>;

export function writeFiles(folder: string, files: Files): void {
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** Returns the paths of the files that have another text or are missing. */
export function staleFiles(folder: string, files: Files): string[] {
  return [...files].filter(([file, text]) => readIfThere(join(folder, file)) !== text).map(([file]) => file);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
