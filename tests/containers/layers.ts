import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from './command.ts';

interface SavedImage {
  readonly RepoTags: readonly string[];
  readonly Config: string;
  readonly Layers: readonly string[];
}

/**
 * Searches everything that images add to their base: configuration, history and every layer, including deleted files.
 *
 * @returns each find as `image: layer: which text`
 */
export async function findInLayers(
  images: readonly string[],
  base: string,
  texts: Readonly<Record<string, string>>,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-layers-'));
  try {
    const archive = path.join(folder, 'images.tar');
    await run('docker', ['save', '-o', archive, ...images]);
    await run('tar', ['-xf', archive, '-C', folder]);
    await rm(archive);
    const saved = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as SavedImage[];
    const baseLayers = JSON.parse(
      await run('docker', ['image', 'inspect', '--format', '{{json .RootFS.Layers}}', base]),
    );
    const found: string[] = [];
    for (const { RepoTags, Config, Layers } of saved) {
      for (const file of [Config, ...Layers.slice(baseLayers.length)]) {
        for (const name of await namesIn(path.join(folder, file), texts))
          found.push(`${RepoTags[0]}: ${file}: ${name}`);
      }
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function namesIn(file: string, texts: Readonly<Record<string, string>>): Promise<string[]> {
  const wanted = Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)] as const);
  const overlap = Math.max(...wanted.map(([, bytes]) => bytes.length));
  const names = new Set<string>();
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const window = Buffer.concat([tail, chunk as Buffer]);
    for (const [name, bytes] of wanted) if (window.includes(bytes)) names.add(name);
    tail = window.subarray(Math.max(0, window.length - overlap));
  }
  return [...names];
}
