import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Returns the paths below `folder` of files that have another text, are missing, or are no longer generated. */
export function staleFiles(folder: URL, files: ReadonlyMap<string, string>): string[] {
  const different = [...files].filter(([path, text]) => read(new URL(path, folder)) !== text).map(([path]) => path);
  return [...different, ...leftOver(folder, files)].sort();
}

/** Writes every file, and removes files that are no longer generated. */
export function writeFiles(folder: URL, files: ReadonlyMap<string, string>): void {
  mkdirSync(new URL('src/generated/', folder), { recursive: true });
  for (const [path, text] of files) writeFileSync(new URL(path, folder), text);
  for (const path of leftOver(folder, files)) rmSync(new URL(path, folder));
}

function leftOver(folder: URL, files: ReadonlyMap<string, string>): string[] {
  return readdirSync(new URL('src/generated/', folder))
    .map((name) => `src/generated/${name}`)
    .filter((path) => !files.has(path));
}

function read(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
