import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@marquee/local-services/postgres';
import { MarqueeError } from '@marquee/runtime/errors';

const ROOT = new URL('../../', import.meta.url);

export interface FilledDatabase {
  /** URL for a superuser. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a Postgres with this number of movies, ten times as many credits, as many people and about as many reviews. The subgraphs'
 * generators fill it in the first run, and later runs use it again.
 *
 * @throws MarqueeError `FILL_FAILED`, and what `startPostgres` throws
 */
export async function ownDatabase(
  {
    movies,
    folder,
    subgraphs,
  }: { readonly movies: number; readonly folder: string; readonly subgraphs: readonly string[] },
  onProgress: (text: string) => void,
): Promise<FilledDatabase> {
  const home = path.join(folder, String(movies));
  await mkdir(home, { recursive: true });
  const postgres = await startPostgres({ dataDir: path.join(home, 'postgres'), port: 0, durable: false });
  try {
    for (const subgraph of subgraphs) {
      const mark = path.join(home, `${subgraph}.filled`);
      const filled = await readFile(mark).then(
        () => true,
        () => false,
      );
      onProgress(`${subgraph}: ${filled ? 'migrating' : `generating ${movies.toLocaleString('en')} movies`}`);
      const env = environmentOf(postgres.url, subgraph);
      await run([`subgraphs/${subgraph}/src/main.ts`, 'migrate'], env);
      if (filled) continue;
      await run([`subgraphs/${subgraph}/test/generate.ts`, String(movies)], env);
      await writeFile(mark, '');
    }
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { url: postgres.url, close: () => postgres.stop() };
}

function environmentOf(adminUrl: string, subgraph: string): Record<string, string> {
  const urlOf = (role: string) => {
    const url = new URL(adminUrl);
    url.username = role;
    url.password = randomBytes(16).toString('hex');
    return url.href;
  };
  return {
    DATABASE_ADMIN_URL: adminUrl,
    DATABASE_URL: urlOf(subgraph),
    DATABASE_OWNER_URL: urlOf(`${subgraph}_owner`),
  };
}

async function run(args: readonly string[], env: Record<string, string>): Promise<void> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(ROOT),
    env: { PATH, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0)
    throw new MarqueeError('FILL_FAILED', `\`node ${args.join(' ')}\` ended with code ${code}; its error is above.`);
}
