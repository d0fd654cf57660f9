import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser } from '@marquee/testing/browser';
import type { Browser } from 'playwright-core';
import { EXAMPLE_QUERIES } from '../../src/http/example-queries.ts';
import { startEventSource } from '../fixtures/event-source.ts';
import { type GatewayProcess, startGateway, temporarySupergraph, until } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

let movies: RunningSubgraph;
let scores: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;
let browser: Browser;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
  supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  gateway = await startGateway(supergraph.file);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await Promise.all([gateway?.stop(), movies?.stop(), scores?.stop()]);
  supergraph?.remove();
});

test('the IDE opens with example queries, and executes one, all from this server', async () => {
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });

  await page.goto(gateway.url);
  const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
  await editor.waitFor();
  await page.getByText('query Movie').waitFor();
  const tabs = await page.getByRole('tab').allInnerTexts();
  assert.deepEqual(
    tabs.map((text) => text.trim()).filter((text) => text !== ''),
    ['Movie', 'Person', 'TopRated', 'Browse', 'Search'],
  );
  assert.equal(EXAMPLE_QUERIES.length, 5);

  // A shareable link contains the query.
  await page.goto(`${gateway.url}/?query=${encodeURIComponent('{ best { title score } }')}`);
  await editor.getByText('best').waitFor();
  await page.locator('.graphiql-execute-button').click();
  const result = page.locator('.result-window');
  await result.getByText('8.2').waitFor();
  assert.match((await result.textContent()) ?? '', /"title":\s*"The\sMatrix",\s*"score":\s*8\.2/);

  const elsewhere = requests.filter(
    (url) => !url.startsWith(`${gateway.url}/`) && !url.startsWith(`blob:${gateway.url}/`),
  );
  assert.deepEqual(elsewhere, []);
  assert.ok(requests.includes(`${gateway.url}/graphql`));
  assert.deepEqual(complaints, []);
});

test('the IDE subscribes, and shows each event', async () => {
  const source = await startEventSource();
  const file = temporarySupergraph(source.supergraph());
  const subscribing = await startGateway(file.file);
  try {
    const page = await browser.newPage();
    const query = 'subscription { reviewAdded { id movie { title } } }';
    await page.goto(`${subscribing.url}/?query=${encodeURIComponent(query)}`);
    await page.locator('.graphiql-query-editor .monaco-editor').first().getByText('reviewAdded').waitFor();
    await page.locator('.graphiql-execute-button').click();
    await until(() => source.open === 1);
    for (const movieId of ['550', '603']) {
      await source.publish({ id: movieId, movieId });
      await page.locator('.result-window').getByText(`Movie ${movieId}`).waitFor();
    }
    // The button stops what it has started.
    await page.locator('.graphiql-execute-button').click();
    await until(() => source.open === 0);
    await page.close();
  } finally {
    await subscribing.stop();
    await source.stop();
    file.remove();
  }
});

test('a browser that opens the endpoint gets the IDE, with the query of the address', async () => {
  const page = await browser.newPage();
  const response = await page.goto(`${gateway.url}/graphql?query=${encodeURIComponent('{ best { score } }')}`);
  assert.equal(response?.status(), 200);
  assert.match(response?.headers().vary ?? '', /accept\b/);
  await page.locator('.graphiql-query-editor .monaco-editor').first().getByText('best').waitFor();
  await page.locator('.graphiql-execute-button').click();
  await page.locator('.result-window').getByText('8.2').waitFor();
  await page.close();
});

test('without the IDE a browser gets a GraphQL response', async () => {
  const plain = await startGateway(supergraph.file, { GRAPHQL_IDE: 'off' });
  try {
    const page = await browser.newPage();
    const response = await page.goto(`${plain.url}/graphql?query=${encodeURIComponent('{ best { score } }')}`);
    assert.equal(response?.status(), 400);
    assert.match((await response?.text()) ?? '', /CSRF/);
    await page.close();
  } finally {
    await plain.stop();
  }
});

test('names are suggested only with the IDE', async () => {
  const suggestion = /Did you mean "best"/;
  const hidden = await startGateway(supergraph.file, { GRAPHQL_IDE: 'off' });
  const production = await startGateway(supergraph.file, { NODE_ENV: 'production' });
  const shown = await startGateway(supergraph.file, { NODE_ENV: 'production', GRAPHQL_IDE: 'on' });
  try {
    for (const [place, suggests] of [
      [gateway, true],
      [shown, true],
      [hidden, false],
      [production, false],
    ] as const) {
      const { errors } = await place.query('{ bets { score } }');
      assert.equal(suggestion.test(errors?.[0]?.message ?? ''), suggests);
    }
  } finally {
    await Promise.all([hidden.stop(), production.stop(), shown.stop()]);
  }
});

test("the page's Content-Security-Policy permits requests only to this server", async () => {
  const page = await browser.newPage();
  await page.goto(gateway.url);
  const outcome = await page.evaluate(
    async (origin) => {
      const attempt = (url: string) =>
        fetch(url).then(
          () => 'went out',
          () => 'kept in',
        );
      return [await attempt(origin.replace('127.0.0.1', 'localhost')), await attempt(`${origin}/healthz`)];
    },
    `${movies.url}`.replace('/graphql', ''),
  );
  assert.deepEqual(outcome, ['kept in', 'kept in']);
  const injected = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.injected = true';
    document.body.append(script);
    return 'injected' in globalThis;
  });
  assert.equal(injected, false);
});

test('the page is compressed, and cached by its ETag', async () => {
  const plain = await fetch(gateway.url, { headers: { 'accept-encoding': 'identity' } });
  assert.equal(plain.headers.get('content-encoding'), null);
  assert.match(plain.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(
    plain.headers.get('content-security-policy') ?? '',
    /default-src 'none'; script-src 'sha256-[^' ]+' 'self';/,
  );
  const zipped = await fetch(gateway.url, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.equal(await zipped.text(), await plain.text());
  const again = await fetch(gateway.url, { headers: { 'if-none-match': plain.headers.get('etag') ?? '' } });
  assert.equal(again.status, 304);
  const refused = await fetch(gateway.url, { headers: { 'accept-encoding': 'gzip;q=0, br;q=0' } });
  assert.equal(refused.headers.get('content-encoding'), null);
});
