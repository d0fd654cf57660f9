import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Dashboard, grafanaJson } from './dashboard.ts';
import { gateway } from './gateway.ts';
import { ingest } from './ingest.ts';
import { pipeline } from './pipeline.ts';
import { subgraphs } from './subgraphs.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Folders of compose and of Kubernetes: kustomize reads no file outside of its own. */
const FOLDERS = ['containers/monitoring/grafana/dashboards', 'k8s/overlays/production/monitoring/dashboards'];
const DASHBOARDS: readonly Dashboard[] = [gateway, subgraphs, pipeline, ingest];

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const files = FOLDERS.flatMap((folder) =>
  DASHBOARDS.map((dashboard) => ({
    file: path.join(ROOT, folder, `${dashboard.uid}.json`),
    text: grafanaJson(dashboard),
  })),
);
if (values.check) {
  const stale = files.filter(({ file, text }) => readFileSync(file, 'utf8') !== text);
  for (const { file } of stale) process.stderr.write(`${file} is stale: npm run generate -w containers\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else for (const { file, text } of files) writeFileSync(file, text);
