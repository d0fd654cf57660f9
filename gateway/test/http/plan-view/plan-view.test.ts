import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser } from '@marquee/testing/browser';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { PLANNED_GRAPH } from '../../fixtures/planned-graph.ts';
import { type ServedGraph, startGraph } from '../../fixtures/served-graph.ts';

let graph: ServedGraph;
let browser: Browser;

before(async () => {
  graph = await startGraph(PLANNED_GRAPH);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await graph?.stop();
});

/** Opens the IDE with an operation, executes it, and opens the view. */
async function execute(query: string, page?: Page): Promise<Page> {
  const opened = page ?? (await browser.newPage());
  await opened.goto(`${graph.url}/graphql?query=${encodeURIComponent(query)}`);
  await opened.locator('.graphiql-query-editor .monaco-editor .view-line').first().waitFor();
  await opened.getByText('Run an operation to see its plan.').waitFor();
  await opened.locator('.graphiql-execute-button').click();
  await opened.getByRole('button', { name: 'Plan', exact: true }).click();
  return opened;
}

const fetchButtons = (page: Page) => page.locator('#plan-view svg').getByRole('button');

test('the view draws the fetches of the last operation, with a table and the trace', async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const query = '{ movies { title score directors { name } } }';
  const responses = page.waitForResponse(
    async (response) => (await response.request().postData())?.includes('directors') ?? false,
  );
  await execute(query, page);
  await fetchButtons(page).nth(3).waitFor();
  const labels = await fetchButtons(page).allTextContents();
  assert.equal(labels.length, 4);
  assert.match(labels[0] ?? '', /^1 movies +query root [\d.]+ ms · \d+ B$/);
  assert.match(labels[1] ?? '', /^2 people +movies\[\] 2 entities · \d+ ms · \d+ B$/);
  assert.match(labels[2] ?? '', /^3 names +movies\[\]\.directors\[\] 3 entities · [\d.]+ ms · \d+ B$/);
  assert.match(labels[3] ?? '', /^4 scores +movies\[\] 2 entities/);
  // One edge from the start, two that part after the root, one to the names.
  assert.equal(await page.locator('#plan-view .plan-edge').count(), 4);
  assert.match((await page.locator('.plan-summary').textContent()) ?? '', /^4 fetches · [\d.]+ ms to prepare/);

  // The trace is the gateway's, and the editor shows the response without the plan.
  const traceId = (await responses).headers()['marquee-trace-id'];
  assert.match(traceId ?? '', /^[\da-f]{32}$/);
  assert.equal(await page.locator('.plan-trace code').textContent(), traceId);
  const shown = (await page.locator('.result-window').textContent()) ?? '';
  assert.match(shown, /movie.1/);
  assert.doesNotMatch(shown, /extensions|queryPlan/);

  await page.getByRole('tab', { name: 'Table' }).click();
  const rows = page.getByRole('table', { name: 'Fetches of the last operation' }).getByRole('row');
  const cells = await rows.evaluateAll((elements) =>
    elements.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
  );
  assert.deepEqual(
    cells.map(([fetch, path, types, after, , entities]) => [fetch, path, types, after, entities]),
    [
      ['Fetch', 'Path', 'Types', 'After', 'Entities'],
      ['1 movies', 'query root', '', '', ''],
      ['2 people', 'movies[]', 'Movie', '1', '2'],
      ['3 names', 'movies[].directors[]', 'Person', '2', '3'],
      ['4 scores', 'movies[]', 'Movie', '1', '2'],
    ],
  );
  assert.deepEqual(complaints, []);
  await page.close();
});

test('the keyboard alone opens the view, moves between fetches, and shows their operations', async () => {
  const page = await execute('{ movies { title score directors { name } } }');
  const toggle = page.getByRole('button', { name: 'Plan', exact: true });
  await fetchButtons(page).first().waitFor();
  await toggle.focus();
  await page.keyboard.press('Enter');
  assert.equal(await toggle.getAttribute('aria-expanded'), 'false');
  assert.equal(await page.locator('#plan-panel').isVisible(), false);
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#plan-panel').isVisible(), true);

  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Graph');
  await page.keyboard.press('Tab');
  assert.match((await focused()) ?? '', /^1 movies/);
  const visited: string[] = [];
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowDown', 'Home', 'End']) {
    await page.keyboard.press(key);
    visited.push(/^\d \w+/.exec((await focused()) ?? '')?.[0] ?? '');
  }
  assert.deepEqual(visited, ['2 people', '3 names', '2 people', '4 scores', '1 movies', '4 scores']);
  const details = page.getByRole('region', { name: 'Selected fetch' });
  assert.match(
    (await details.textContent()) ?? '',
    /_entities\(representations:\s?\$representations\) \{\n.*\n\s*score\n/s,
  );
  assert.equal(await fetchButtons(page).last().getAttribute('aria-pressed'), 'true');

  // Tabs follow the arrow keys, and only the selected one is in the tab order.
  await page.getByRole('tab', { name: 'Graph' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Table');
  assert.equal(await page.getByRole('table').isVisible(), true);
  await page.close();
});

test('axe finds nothing in the view, in light and dark colours', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ colorScheme });
    await execute('{ movies { title score directors { name } sequel { broken } } }', page);
    await fetchButtons(page).nth(4).waitFor();
    await page.evaluate(axe.source);
    for (const view of ['Graph', 'Table']) {
      await page.getByRole('tab', { name: view }).click();
      const violations = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run('#plan-view');
        return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
      });
      assert.deepEqual(violations, [], `${view}, ${colorScheme}`);
    }
    await page.close();
  }
});

test('deferred parts, mutations and rejected operations', async () => {
  const page = await execute('{ movie(id: "1") { title ... @defer(label: "credits") { directors { name } } } }');
  await page.getByText('deferred: credits').waitFor();
  await fetchButtons(page).nth(2).waitFor();
  assert.equal(await page.locator('#plan-view .plan-edge-deferred').count(), 1);
  const result = page.locator('.result-window');
  await result.getByText('person p1').waitFor();
  assert.doesNotMatch((await result.textContent()) ?? '', /queryPlan/);

  await execute('mutation { rename(id: "1", title: "a") { broken } }', page);
  await fetchButtons(page).nth(1).waitFor();
  assert.match((await fetchButtons(page).first().textContent()) ?? '', /mutation root/);
  assert.match((await fetchButtons(page).last().textContent()) ?? '', /1 error/);

  await execute('{ nothing }', page);
  await page.getByText('The last operation has no plan.').first().waitFor();
  assert.match((await page.locator('.plan-trace').textContent()) ?? '', /^Trace [\da-f]{32}$/);
  await page.close();
});

test('the scripts of the view are compressed and cached, and absent without the IDE', async () => {
  const url = `${graph.url}/graphql/ide/main.ts`;
  const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  assert.equal(plain.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.equal(plain.headers.get('x-content-type-options'), 'nosniff');
  const zipped = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.equal(await zipped.text(), await plain.text());
  const again = await fetch(url, { headers: { 'if-none-match': plain.headers.get('etag') ?? '' } });
  assert.equal(again.status, 304);
  assert.equal((await fetch(`${graph.url}/graphql/ide/missing.ts`)).status, 404);
  assert.doesNotMatch(
    graph
      .log()
      .map(({ msg }) => msg)
      .join('\n'),
    /Experimental/,
  );
  const hidden = await startGraph(PLANNED_GRAPH, { GRAPHQL_IDE: 'off' });
  try {
    assert.equal((await fetch(`${hidden.url}/graphql/ide/main.ts`)).status, 404);
  } finally {
    await hidden.stop();
  }
});
