import { after, before } from 'node:test';
import { launchBrowser } from '@marquee/testing/browser';
import type { Browser } from 'playwright-core';
import { type SiteStack, startSiteStack } from './fixtures/site-stack.ts';
import { visit } from './fixtures/visit.ts';
import { testAccessibility } from './site/accessibility.ts';
import { testDelivery } from './site/delivery.ts';
import { testReading } from './site/reading.ts';
import type { SiteWorld } from './site/world.ts';
import { testWriting } from './site/writing.ts';

let stack: SiteStack;
let browser: Browser;

before(async () => {
  [stack, browser] = await Promise.all([startSiteStack(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

const world: SiteWorld = {
  get url() {
    return stack.url;
  },
  visit: (options, url = stack.url) => visit(browser, url, options),
  token: (subject) => stack.token(subject),
  startGateway: (env) => stack.startGateway(env),
};

testReading(world);
testWriting(world);
testDelivery(world);
testAccessibility(world);
