import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT, run } from './command.ts';

const ASKING = [
  'containers/monitoring/prometheus/alerts.yaml',
  ...['gateway', 'subgraphs', 'pipeline', 'ingest'].map(
    (name) => `containers/monitoring/grafana/dashboards/marquee-${name}.json`,
  ),
  'k8s/overlays/production/monitoring/alerts.yaml',
];

/** Returns the metrics of alerts and dashboards; histograms and summaries by their declared name. */
export async function usedMetrics(): Promise<Set<string>> {
  const texts = await Promise.all(ASKING.map((file) => readFile(path.join(ROOT, file), 'utf8')));
  const names = texts.join('\n').matchAll(/\b(?:marquee|nodejs|process)_\w+/g);
  return new Set([...names].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')));
}

/** Returns the metrics that a container's process declares. */
export async function declaredMetrics(container: string): Promise<string[]> {
  const script =
    'fetch("http://127.0.0.1:" + process.env.PORT + "/metrics").then((answer) => answer.text()).then((text) => console.log(text))';
  const text = await run('docker', ['exec', container, 'node', '-e', script]);
  return [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) =>
    (name as string).replace(/_(?:bucket|sum|count)$/, ''),
  );
}
