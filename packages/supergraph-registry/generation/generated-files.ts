import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MarqueeError } from '@marquee/runtime/errors';
import type { Files } from '../src/files.ts';
import type { RegisteredSubgraph } from '../src/registry.ts';
import { composeServices } from './compose-services.ts';
import { kubernetesFiles } from './kubernetes.ts';
import { movieParts } from './movie-parts.ts';
import { prometheusTargets } from './prometheus-targets.ts';

const NOTICE = 'Generated from supergraph.yaml by `npm run generate -w packages/supergraph-registry`; do not edit.';
const HEADER = `# ${NOTICE}\n`;

/** Returns every file that follows from the registry, by its path relative to the root. */
export function generatedFiles(root: string, subgraphs: readonly RegisteredSubgraph[]): Files {
  const compose = 'compose.yaml';
  const names = subgraphs.map(({ name }) => name);
  return new Map([
    [compose, withRegion(compose, readFileSync(join(root, compose), 'utf8'), composeServices(subgraphs))],
    ['containers/monitoring/prometheus/subgraphs.yaml', HEADER + prometheusTargets(subgraphs)],
    ['ingest/src/domain/generated/movie-parts.ts', `/* ${NOTICE} */\n\n${movieParts(names)}`],
    ...[...kubernetesFiles(names)].map(([file, text]) => [file, HEADER + text] as const),
  ]);
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
