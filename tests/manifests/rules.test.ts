import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Manifest, render } from './manifest.ts';
import { configurationRules } from './rules/configuration.ts';
import { dnsRule, networkRule } from './rules/network.ts';
import { podRules } from './rules/pods.ts';
import { servingRules } from './rules/serving.ts';

const rules = [...podRules, ...servingRules, networkRule, dnsRule, ...configurationRules];
const LOCAL = 'k8s/overlays/local';

describe(`the rules hold in ${LOCAL}, and each can be broken`, () => {
  for (const { name, mistakes, breaking } of rules) {
    test(name, async (t) => {
      assert.deepEqual(mistakes(render(LOCAL)), []);
      assert.ok(Object.keys(breaking).length > 0);
      for (const [how, change] of Object.entries(breaking)) {
        await t.test(`broken: ${how}`, () => {
          const manifests = structuredClone(render(LOCAL)) as Manifest[];
          change(manifests);
          assert.notDeepEqual(manifests, render(LOCAL), 'nothing was changed');
          assert.notDeepEqual(mistakes(manifests), []);
        });
      }
    });
  }
});

describe('the rules of k8s/overlays/production', () => {
  for (const { name, mistakes } of rules) {
    test(name, () => assert.deepEqual(mistakes(render('k8s/overlays/production')), []));
  }
});
