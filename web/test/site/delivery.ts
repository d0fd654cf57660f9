import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SiteWorld } from './world.ts';

const SITE = path.resolve(import.meta.dirname, '../../dist/site');

/** Limit of all scripts together, gzip. */
const MAX_SCRIPT_BYTES = 200_000;
const MAX_FIRST_PAINT_MS = 1_000;

/** Tests of how the site is served, and of its states without data. */
export function testDelivery(world: SiteWorld): void {
  test('all scripts together have less than 200 kB', () => {
    const assets = path.join(SITE, 'assets');
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
    const bytes = scripts.map((name) => gzipSync(readFileSync(path.join(assets, name))).length);
    const total = bytes.reduce((sum, each) => sum + each, 0);
    assert.ok(scripts.length > 5, 'split by route');
    assert.ok(total < MAX_SCRIPT_BYTES, `${total} bytes`);
  });

  test('a movie paints within 1 s', async (t) => {
    const times: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const { page, context } = await world.visit();
      await page.goto('/movies/603');
      await page.getByRole('heading', { level: 1, name: 'The Matrix' }).waitFor();
      times.push(
        await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity),
      );
      await context.close();
    }
    t.diagnostic(`first contentful paint: ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
    assert.ok(Math.min(...times) < MAX_FIRST_PAINT_MS, times.join());
  });

  test('unknown movies, people, charts and pages say so', async () => {
    const { page, context } = await world.visit();
    for (const [address, heading] of [
      ['/movies/999999999', 'No such movie'],
      ['/people/999999999', 'No such person'],
      ['/charts/worst', 'No such chart'],
      ['/tickets', 'No page has this address'],
    ] as const) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    }
    await context.close();
  });

  test('a page that did not load is tried again', async () => {
    const { page, context } = await world.visit();
    await page.goto('/browse');
    await page.getByText('300 movies').waitFor();
    await context.setOffline(true);
    await page.getByRole('list', { name: 'Movies' }).getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: 'This page did not load' }).waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.hero').waitFor();
    await context.close();
  });

  test('a gateway without the persisted documents gets their texts', async () => {
    const url = await world.startGateway({ SITE_DIR: SITE, GRAPHQL_IDE: 'off' });
    const { page, operations, context } = await world.visit({}, url);
    await page.goto('/movies/603');
    await page.getByRole('heading', { level: 1, name: 'The Matrix' }).waitFor();
    await page.getByRole('list', { name: 'Similar movies' }).waitFor();
    const [first, second] = operations.filter(({ method }) => method === 'POST');
    assert.equal(first?.query, undefined);
    assert.equal(await page.getByRole('link', { name: 'Open the GraphQL IDE' }).count(), 0, 'it has no IDE');
    assert.match(second?.query ?? '', /^query Movie|query Movie\(/);
    await context.close();
  });

  test('the site leads to the IDE, and back', async () => {
    const { page, context } = await world.visit();
    await page.goto('/browse');
    await page.getByRole('link', { name: 'Open the GraphQL IDE' }).click();
    await page.locator('.graphiql-query-editor').waitFor();
    assert.equal(new URL(page.url()).pathname, '/graphql');
    await page.getByRole('link', { name: 'Movie site' }).click();
    await page.getByRole('heading', { level: 2, name: 'Top rated' }).waitFor();
    await context.close();
  });

  test('no page is wider than a telephone', async () => {
    const { page, context } = await world.visit({ viewport: { width: 360, height: 740 } });
    for (const address of ['/', '/movies/603', '/people/6384', '/browse', '/charts/top-rated', '/ratings']) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForLoadState('networkidle');
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `${address}: ${width} pixels`);
    }
    await context.close();
  });
}
