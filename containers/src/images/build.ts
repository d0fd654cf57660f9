import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Deployable, imageName } from './deployables.ts';
import { docker } from './docker.ts';
import { startRegistryRelay } from './registry-relay.ts';
import { registrySettings } from './registry-settings.ts';

const run = promisify(execFile);

/** A built image. */
export interface BuiltImage {
  readonly name: string;
  /** `sha256:…` of its configuration. */
  readonly id: string;
  /** Bytes of all its layers, those of the base included. */
  readonly bytes: number;
  /** Bytes of the layers on top of the base. */
  readonly ownBytes: number;
  readonly seconds: number;
}

export interface BuildOptions {
  readonly root: string;
  readonly deployables: readonly Deployable[];
  readonly tag: string;
  readonly onOutput: (chunk: string) => void;
  readonly onBuilt: (image: BuiltImage) => void;
}

/** The version in the root's package.json: the default tag of images. */
export async function projectVersion(root: string): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Builds images in sequence, so that later ones use the cached stages of the first. */
export async function buildImages(options: BuildOptions): Promise<readonly BuiltImage[]> {
  const { root, deployables, tag } = options;
  const { options: settings, plain } = await registrySettings(root);
  const relay = plain ? undefined : await startRegistryRelay(settings);
  const network = relay ? ['--network', 'host', '--build-arg', `NPM_CONFIG_REGISTRY=${relay.url}`] : [];
  const args = { VERSION: await projectVersion(root), REVISION: await revision(root), SOURCE: await source(root) };
  const images: BuiltImage[] = [];
  try {
    for (const deployable of deployables) {
      const begun = performance.now();
      const name = imageName(deployable.name, tag);
      const buildArgs = Object.entries({ ...args, ...deployable.args }).flatMap(([key, value]) => [
        '--build-arg',
        `${key}=${value}`,
      ]);
      const needsRegistry = deployable.name !== 'secrets';
      const build = [
        'build',
        '-f',
        deployable.dockerfile,
        '-t',
        name,
        ...buildArgs,
        ...(needsRegistry ? network : []),
        '.',
      ];
      await docker(build, { cwd: root, onOutput: options.onOutput });
      const seconds = Math.round((performance.now() - begun) / 100) / 10;
      const image = { name, ...(await measured(name)), seconds };
      images.push(image);
      options.onBuilt(image);
    }
    return images;
  } finally {
    await relay?.close();
  }
}

/** Returns the size of an image, and that of the layers on its base: from the last stage's first step on. */
async function measured(name: string): Promise<Pick<BuiltImage, 'id' | 'bytes' | 'ownBytes'>> {
  const [id = '', size] = (await docker(['image', 'inspect', '--format', '{{.Id}} {{.Size}}', name])).trim().split(' ');
  const history = await docker([
    'history',
    '--no-trunc',
    '--human=false',
    '--format',
    '{{.Size}} {{.CreatedBy}}',
    name,
  ]);
  const steps = history.trim().split('\n');
  const own = steps.slice(0, steps.findIndex((step) => step.includes('WORKDIR /app')) + 1);
  return { id, bytes: Number(size), ownBytes: own.reduce((sum, step) => sum + Number.parseInt(step, 10), 0) };
}

async function revision(root: string): Promise<string> {
  const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: root }).catch(() => ({ stdout: 'unknown' }));
  return stdout.trim();
}

/** Returns the URL of the remote repository without credentials. */
async function source(root: string): Promise<string> {
  const { stdout } = await run('git', ['remote', 'get-url', 'origin'], { cwd: root }).catch(() => ({ stdout: '' }));
  const address = stdout.trim();
  if (!URL.canParse(address)) return 'unknown';
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return ['http:', 'https:', 'ssh:'].includes(url.protocol) ? url.href : 'unknown';
}
