import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MarqueeError } from '@marquee/runtime/errors';
import type { RegisteredSubgraph } from '../src/registry.ts';
import { composeServices } from './compose-services.ts';
import { kubernetesFiles } from './kubernetes.ts';
import { prometheusTargets } from './prometheus-targets.ts';

const HEADER = '# Generated from supergraph.yaml by `npm run generate -w packages/supergraph-registry`; do not edit.\n';

/** Returns every file that follows from the registry, by its path relative to the root. */
export function generatedFiles(root: string, subgraphs: readonly RegisteredSubgraph[]): ReadonlyMap<string, string> {
  const compose = 'compose.yaml';
  const kubernetes = [...kubernetesFiles(subgraphs.map(({ name }) => name))];
  return new Map([
    [compose, withRegion(compose, readFileSync(join(root, compose), 'utf8'), composeServices(subgraphs))],
    ['containers/monitoring/prometheus/subgraphs.yaml', HEADER + prometheusTargets(subgraphs)],
    ...kubernetes.map(([file, text]) => [file, HEADER + text] as const),
  ]);
}

/** Returns the paths of files whose text is not the generated one, or that are missing. */
export function staleFiles(root: string, files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([file, text]) => readIfThere(join(root, file)) !== text).map(([file]) => file);
}

export function writeFiles(root: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

/** Replaces the lines between `# <subgraphs>` and `# </subgraphs>`. */
function withRegion(file: string, text: string, region: string): string {
  const [before, rest] = text.split('# <subgraphs>\n');
  const after = rest?.split('# </subgraphs>\n')[1];
  if (after === undefined) {
    throw new MarqueeError('NO_GENERATED_REGION', `${file} has no lines \`# <subgraphs>\` and \`# </subgraphs>\`.`);
  }
  return `${before}# <subgraphs>\n${HEADER}${region}\n# </subgraphs>\n${after}`;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
