import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { promtool } from './prometheus.ts';

const RULES = path.resolve(import.meta.dirname, '../../containers/monitoring/prometheus/alerts.yaml');

test('promtool accepts the rules', () => {
  assert.match(promtool('check', 'rules', RULES), /SUCCESS/);
});

test('budgets that burn fast and slowly fire their alerts, and short or past failures do not', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'marquee-burn-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const series = (failed: string, slow = '0+0x4400') => [
    { series: 'marquee_operation_seconds_count{outcome="ok"}', values: '0+6000x4400' },
    { series: 'marquee_operation_seconds_count{outcome="failed"}', values: failed },
    { series: 'marquee_operation_seconds_bucket{outcome="ok",le="0.5"}', values: slow },
  ];
  const fires = (alert: string, at: string, severity: string | undefined) => ({
    eval_time: at,
    alertname: alert,
    exp_alerts: severity === undefined ? [] : [{ exp_labels: { severity } }],
  });
  const fast = '0+6000x4400';
  // Annotations are left out: promtool compares those that are given alone.
  const cases = [
    { input_series: series('0+120x4400', fast), alert_rule_test: [fires('MarqueeFailuresBurnFast', '1h', 'critical')] },
    {
      input_series: series('0+12x4400', fast),
      alert_rule_test: [
        fires('MarqueeFailuresBurnFast', '3d', undefined),
        fires('MarqueeFailuresBurn', '3d', 'warning'),
      ],
    },
    {
      input_series: series('0+3x4400', fast),
      alert_rule_test: [
        fires('MarqueeFailuresBurnFast', '3d', undefined),
        fires('MarqueeFailuresBurn', '3d', undefined),
      ],
    },
    {
      input_series: series('0+600x60 36600+0x4000', fast),
      alert_rule_test: [fires('MarqueeFailuresBurnFast', '2h', undefined)],
    },
    {
      input_series: series('0+0x4400', '0+4800x4400'),
      alert_rule_test: [
        fires('MarqueeLatencyBurnsFast', '1h', 'critical'),
        fires('MarqueeFailuresBurnFast', '1h', undefined),
      ],
    },
    {
      input_series: series('0+0x4400', '0+5900x4400'),
      alert_rule_test: [
        fires('MarqueeLatencyBurnsFast', '3d', undefined),
        fires('MarqueeLatencyBurns', '3d', 'warning'),
      ],
    },
    { input_series: series('0+0x4400', fast), alert_rule_test: [fires('MarqueeLatencyBurns', '3d', undefined)] },
  ];
  // Only names, severities and times matter here.
  const rules = parse(readFileSync(RULES, 'utf8')) as { groups: { name: string; rules: { annotations?: object }[] }[] };
  for (const group of rules.groups) for (const rule of group.rules) delete rule.annotations;
  writeFileSync(
    path.join(folder, 'rules.yaml'),
    stringify({ groups: rules.groups.filter(({ name }) => name === 'marquee-objectives') }),
  );
  const tests = {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1h',
    tests: cases.map((each) => ({ interval: '1m', ...each })),
  };
  writeFileSync(path.join(folder, 'tests.yaml'), stringify(tests));
  assert.match(promtool('test', 'rules', path.join(folder, 'tests.yaml')), /SUCCESS/);
});
