import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { SiteWorld } from './world.ts';

const PAGES = {
  '/': 'Top rated',
  '/movies/603': 'Similar movies',
  '/people/6384': 'Filmography',
  '/search?q=matrix': 'Movies',
  '/browse?genre=878': 'Science Fiction',
  '/charts/top-rated': 'Top rated',
  '/ratings': 'Sign in',
  '/movies/999999999': 'No such movie',
};

interface Fault {
  readonly rule: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

/** Returns what axe finds of serious and critical impact. */
async function faultsOf(page: Page): Promise<readonly Fault[]> {
  // The debugger's evaluation is not subject to the page's content security policy.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({
        rule: id,
        impact: String(impact),
        targets: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
      }));
  });
}

/** Tests of what assistive technology meets. */
export function testAccessibility(world: SiteWorld): void {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious in ${colorScheme} colours`, async () => {
      // A rating form and a review form are there for a viewer.
      const { page, context } = await world.visit({ colorScheme });
      const token = await world.token('axel');
      for (const [address, heading] of Object.entries(PAGES)) {
        await page.goto(address);
        await page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
        await page.waitForLoadState('networkidle');
        assert.deepEqual(await faultsOf(page), [], address);
      }
      await page.evaluate((text) => localStorage.setItem('marquee-token', text), token);
      await page.goto('/movies/603');
      await page.getByRole('button', { name: 'Publish' }).waitFor();
      assert.deepEqual(await faultsOf(page), [], 'a movie for a viewer');
      await page.getByRole('combobox', { name: 'Search movies and people' }).fill('matrix');
      await page.getByRole('option').first().waitFor();
      assert.deepEqual(await faultsOf(page), [], 'suggestions');
      await context.close();
    });
  }

  test('the theme is switched, and stays', async () => {
    const { page, context } = await world.visit({ colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.goto('/browse');
    await page.getByRole('button', { name: 'Use dark colours' }).waitFor();
    const light = await ground();
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole('button', { name: 'Use light colours' }).waitFor();
    assert.equal(await ground(), dark);
    await context.close();
  });
}
