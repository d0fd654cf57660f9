import type { RegisteredSubgraph } from '../src/registry.ts';

/** Returns Prometheus' scrape jobs for the processes of the subgraphs in compose.yaml. */
export function prometheusTargets(subgraphs: readonly RegisteredSubgraph[]): string {
  const target = ({ name, port }: RegisteredSubgraph, suffix: string) =>
    `      - { names: [${name}${suffix}], type: A, port: ${port}, refresh_interval: 15s }`;
  return [
    'scrape_configs:',
    '  - job_name: api',
    '    dns_sd_configs:',
    ...subgraphs.map((subgraph) => target(subgraph, '')),
    '  - job_name: consumer',
    '    dns_sd_configs:',
    ...subgraphs.map((subgraph) => target(subgraph, '-consumer')),
    '',
  ].join('\n');
}
