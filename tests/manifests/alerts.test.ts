import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { root } from './kubectl.ts';
import { render } from './manifest.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}

const alerts: Alert[] = render('k8s/overlays/production/monitoring')
  .filter(({ kind }) => kind === 'PrometheusRule')
  .flatMap(({ spec }) => spec.groups.flatMap(({ rules }: { rules: Alert[] }) => rules))
  .filter(({ alert }) => alert !== undefined);

const sources = globSync('{packages,subgraphs,gateway,ingest}/**/src/**/*.ts', {
  cwd: root,
  exclude: ['**/node_modules/**'],
})
  .map((file) => readFileSync(path.join(root, file), 'utf8'))
  .join('\n');

describe('alerts', () => {
  test('exist', () => assert.ok(alerts.length >= 8));

  for (const { alert, expr } of alerts) {
    test(`${alert} uses metrics that exist`, () => {
      const names = expr.match(/\bmarquee_[a-z_]+\b/g) ?? [];
      assert.ok(names.length > 0 || expr.includes('up{') || expr.includes('marquee:'));
      for (const name of names) assert.ok(sources.includes(`'${name}'`), `nobody has ${name}`);
    });

    test(`${alert} has a documented explanation`, () => {
      const page = readFileSync(path.join(root, 'docs/deploying/kubernetes.md'), 'utf8');
      assert.ok(page.includes(`\`${alert}\``));
    });
  }

  test('use outcomes that records have', () => {
    const outcomes = alerts.flatMap(({ expr }) =>
      [...expr.matchAll(/marquee_inbox_records_total\{outcome="([^"]+)"/g)].map(([, outcome]) => outcome),
    );
    assert.ok(outcomes.length > 0);
    const declared = readFileSync(path.join(root, 'packages/inbox-outbox/src/inbox-metrics.ts'), 'utf8');
    for (const outcome of outcomes)
      assert.ok(declared.includes(`'${outcome}'`), `no record has the outcome ${outcome}`);
  });
});
